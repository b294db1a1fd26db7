package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What gRPC itself writes to an application's log when etcd has more than is read. */
@Isolated("takes much memory, and listens to gRPC's log")
class LargeAnswerTest {
    /** etcd takes 1.5 MiB at once. */
    private static final String VALUE = "x".repeat(1_400_000);

    @Test
    void anAnswerThatIsTooLargeIsOneFailureAndNoLineOfGrpc() {
        Logger grpc = Logger.getLogger("io.grpc");
        Queue<LogRecord> lines = new ConcurrentLinkedQueue<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(Level.INFO);
        grpc.addHandler(handler);
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            for (int i = 0; i < 50; i++) {
                writer.put("/app/" + i + "/box/listen", VALUE);
            }
            try (Following following = new Following("etcd://" + etcd.endpoint() + "/app?api=v3&layout=tree")) {
                assertThat(following.awaitsFailure("cannot read /app/", "67108864"))
                        .hasSizeLessThan(1_000);
            }
        } finally {
            grpc.removeHandler(handler);
        }
        assertThat(lines)
                .extracting(line -> line.getLevel() + " " + line.getLoggerName() + ": " + line.getMessage())
                .isEmpty();
    }
}
