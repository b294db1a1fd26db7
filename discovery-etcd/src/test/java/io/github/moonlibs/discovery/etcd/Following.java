package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A topology that is followed as a client would, and what it told. Starts with the first endpoint. */
final class Following implements TopologySource.Sink, AutoCloseable {
    /** Draws the least it can. */
    private static final RandomGenerator FIRST = () -> 0;

    private static final String GOING_ON = "; going on with ";

    private final String first;
    private final List<List<Instance>> published = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile @Nullable Throwable end;

    Following(String uri) {
        EtcdOptions options = EtcdUri.parse(uri).options();
        first = options.endpoints().getFirst();
        thread = Thread.ofVirtual().start(() -> {
            try {
                new Follower(options, this, FIRST).follow();
            } catch (Throwable e) {
                end = e;
            }
        });
    }

    @Override
    public void publish(Collection<Instance> instances) {
        published.add(List.copyOf(instances));
    }

    @Override
    public void failed(String message) {
        failures.add(message);
    }

    List<List<Instance>> published() {
        return published;
    }

    List<String> failures() {
        return failures;
    }

    List<Instance> instances() {
        return published.isEmpty() ? List.of() : published.getLast();
    }

    private String text() {
        return instances().stream().map(Instance::toString).sorted().collect(Collectors.joining(" "));
    }

    /** Where it is by its own account: the first endpoint, until it says that it goes on with another. */
    String endpoint() {
        return failures.stream()
                .filter(each -> each.contains(GOING_ON))
                .map(each -> each.substring(each.indexOf(GOING_ON) + GOING_ON.length()))
                .reduce(first, (earlier, later) -> later);
    }

    /** Waits for exactly these instances. */
    Following awaits(String... instances) {
        String expected = String.join(" ", instances);
        try {
            Waiting.until(expected, () -> text().equals(expected));
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "; last " + text() + "; failures " + failures + "; end " + end, e);
        }
        return this;
    }

    /** Waits for a failure that contains this. */
    String awaitsFailure(String text) {
        try {
            Waiting.until(text, () -> failures.stream().anyMatch(each -> each.contains(text)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; failures " + failures + "; end " + end, e);
        }
        return failures.stream().filter(each -> each.contains(text)).findFirst().orElseThrow();
    }

    /** As the client does it. */
    @Override
    public void close() {
        thread.interrupt();
        Waiting.until("the follower has ended", () -> !thread.isAlive());
        assertThat(end).isInstanceOf(InterruptedException.class);
    }
}
