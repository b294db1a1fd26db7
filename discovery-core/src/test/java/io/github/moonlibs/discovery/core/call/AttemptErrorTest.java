package io.github.moonlibs.discovery.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport.PipelinedConnection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever an Error interrupts, an attempt gives its place back, and once. */
class AttemptErrorTest {
    private final ClientOptions options =
            DiscoveryClient.builder().endpoints("a:1").build();
    private final Balancing balancing = Balancing.of(options, Strategies.of(new WeightedRandom()));
    private final Node node = new Node(Instance.of(Endpoint.parse("a:1")), balancing, Observers.NONE, any -> {});
    private final Session session = session();
    private final Route route = new Route(node, session, node.instance(), 1, true, 0, Errors.NONE, 0);
    private final Call call = new Call("m", null, CallOptions.defaults(), System.nanoTime());

    private Session session() {
        try {
            return Session.open((endpoint, any, listener) -> new Broken(), options, node, () -> {});
        } catch (InterruptedException e) {
            throw new AssertionError("it connects at once", e);
        }
    }

    @Test
    void anErrorWhileItIsGivenUpCostsNoPlace() throws InterruptedException {
        assertThat(session.gate().enter()).isTrue();
        OpenAttempt attempt = OpenAttempt.begin(call, route);
        attempt.trySend(List.of(), 1_000_000, 0);
        assertThat(session.inFlight()).isEqualTo(1);

        assertThatThrownBy(attempt::abandoned).isInstanceOf(OutOfMemoryError.class);
        assertThat(session.inFlight()).isZero();
        assertThatThrownBy(attempt::overtaken).isInstanceOf(OutOfMemoryError.class);
        attempt.close();
        assertThat(session.inFlight()).as("given back once").isZero();
    }

    @Test
    void anErrorInsteadOfAResultCostsNoPlace() throws InterruptedException {
        assertThat(session.gate().enter()).isTrue();
        OpenAttempt attempt = OpenAttempt.begin(call, route);
        attempt.trySend(List.of(), 1_000_000, 0);

        assertThatThrownBy(attempt::result).isInstanceOf(OutOfMemoryError.class);
        assertThat(session.inFlight()).isZero();
        attempt.close();
        assertThat(session.inFlight()).as("given back once").isZero();
    }

    private static OutOfMemoryError noMemory() {
        return new OutOfMemoryError("thrown by a test");
    }

    /** Sends, and fails at all else. */
    private static final class Broken implements PipelinedConnection, PendingReply {
        @Override
        public PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos) {
            return this;
        }

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public Result result() {
            throw noMemory();
        }

        @Override
        public void abandon() {
            throw noMemory();
        }

        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos) {
            throw noMemory();
        }

        @Override
        public Result eval(String expression, List<?> arguments, long timeoutNanos) {
            throw noMemory();
        }

        @Override
        public void ping(long timeoutNanos) {
            throw noMemory();
        }

        @Override
        public String server() {
            return "broken";
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
}
