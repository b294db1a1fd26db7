package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("logs everything")
class SecretsInLogsTest {
    private static final String PASSWORD = "pl4nted-S3CRET";

    private final Logger root = Logger.getLogger("");
    private final Level before = root.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(new SimpleFormatter().format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void logEverything() {
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        root.setLevel(Level.ALL);
    }

    @AfterEach
    void logAsBefore() {
        root.setLevel(before);
        root.removeHandler(handler);
    }

    @Test
    void noLogAtAnyLevelHasAPassword() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            writer.put("/app/a/box/listen", "10.0.0.1:3301");
            writer.enableAuth("/app/");
            writer.password("app", PASSWORD);
            lines.clear();
            try (Following right = new Following(
                            "etcd://" + etcd.endpoint() + "/app?api=v3&layout=tree&user=app&password=" + PASSWORD);
                    Following wrong = new Following(
                            "etcd://" + etcd.endpoint() + "/app?api=v3&user=root&password=" + PASSWORD + "x")) {
                right.awaits("a (10.0.0.1:3301)");
                wrong.awaitsFailure("does not accept user root");
                assertThat(wrong.failures()).noneMatch(each -> each.contains(PASSWORD));
            }
        }
        byte[] bytes = PASSWORD.getBytes(StandardCharsets.UTF_8);
        String all = String.join("\n", lines);
        assertThat(all)
                .as("something is logged")
                .contains("io.grpc")
                .doesNotContain(
                        PASSWORD,
                        HexFormat.of().formatHex(bytes),
                        Base64.getEncoder().withoutPadding().encodeToString(bytes));
    }
}
