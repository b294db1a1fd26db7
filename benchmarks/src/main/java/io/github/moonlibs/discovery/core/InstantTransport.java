package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers at once, without a socket, always with the same result, so that only the library's own cost is left. */
public final class InstantTransport implements Transport {
    private final Answer announcement;
    private final Answer answer = new Answer("ok");

    private final boolean sends;

    /**
     * @param methods how many methods every node announces: {@code m0}, {@code m1}, …
     * @param sends whether it can send without waiting; otherwise it only has blocking calls
     */
    public InstantTransport(int methods, boolean sends) {
        this.sends = sends;
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < methods; i++) {
            entries.put("m" + i, Map.of("weight", 100L, "retriable", true));
        }
        announcement = new Answer(Map.of("methods", entries));
    }

    @Override
    public Connection connect(Endpoint endpoint, ClientOptions options, Listener listener) {
        return sends ? new Sending() : new Instant();
    }

    private final class Sending extends Instant implements PipelinedConnection {
        private final Sent announced = new Sent(announcement);
        private final Sent sent = new Sent(answer);

        @Override
        public PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos) {
            return procedure.equals("api.discovery") ? announced : sent;
        }
    }

    private record Sent(Result result) implements PendingReply {
        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public void abandon() {}
    }

    private class Instant implements Connection {
        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos) {
            return procedure.equals("api.discovery") ? announcement : answer;
        }

        @Override
        public Result eval(String expression, List<?> arguments, long timeoutNanos) {
            return answer;
        }

        @Override
        public void ping(long timeoutNanos) {}

        @Override
        public String server() {
            return "instant";
        }

        @Override
        public String localAddress() {
            return "nowhere";
        }

        @Override
        public long lateReplies() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private record Answer(List<@Nullable Object> values) implements Result {
        private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

        Answer(Object value) {
            this(Arrays.asList(value));
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public @Nullable Object get(int index, Type type) {
            return values.get(index);
        }

        @Override
        public <T> List<@Nullable T> getList(int index, Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object asRow(Type type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ByteBuffer raw() {
            return NO_BYTES;
        }
    }
}
