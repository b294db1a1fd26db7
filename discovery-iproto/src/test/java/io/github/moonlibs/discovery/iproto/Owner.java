package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Who owns a connection: connects, and notes what it is told. */
public final class Owner implements Transport.Listener {
    public static final long SECONDS = TimeUnit.SECONDS.toNanos(Threads.BOUND);

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

    @Override
    public void closed(String reason) {
        news.add("closed: " + reason);
    }

    @Override
    public void shutdownAnnounced() {
        news.add("shutdown announced");
    }

    public Transport.Connection connect(Endpoint endpoint) throws InterruptedException {
        return connect(endpoint, options -> options);
    }

    public Transport.Connection connect(Endpoint endpoint, UnaryOperator<ClientOptions.Builder> options)
            throws InterruptedException {
        ClientOptions.Builder builder = DiscoveryClient.builder()
                .endpoints(endpoint.toString())
                .connectTimeout(Duration.ofSeconds(Threads.BOUND));
        return new IprotoTransport().connect(endpoint, options.apply(builder).build(), this);
    }

    /** A request, and the wait for its reply. */
    @FunctionalInterface
    public interface Question {
        void ask() throws InterruptedException;
    }

    /**
     * The failure of a question that was sent and got no reply in its time. It is asked again while the machine is too busy
     * even to send it in that time: then the server has not seen it.
     */
    public static AttemptException noReply(Question question) {
        long end = System.nanoTime() + SECONDS;
        AttemptException failure;
        do {
            failure = catchThrowableOfType(AttemptException.class, question::ask);
            assertThat(failure).as("a reply that does not come").isNotNull();
        } while (!failure.sent() && System.nanoTime() - end < 0);
        return failure;
    }

    /** Waits for the next news. */
    public String news() throws InterruptedException {
        String next = news.poll(Threads.BOUND, TimeUnit.SECONDS);
        assertThat(next).as("news within the bound").isNotNull();
        return String.valueOf(next);
    }

    public void assertNoNews() {
        assertThat(news).isEmpty();
    }
}
