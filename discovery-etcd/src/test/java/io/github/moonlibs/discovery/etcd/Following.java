package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A topology that is followed as by a client, and what it published. Starts with the first endpoint. */
final class Following implements TopologySource.Sink, AutoCloseable {
    /** Always returns the smallest number. */
    private static final RandomGenerator FIRST = () -> 0;

    private final List<List<Instance>> published = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Consumer<List<Instance>> before;
    private final Thread thread;
    private volatile @Nullable Throwable end;

    /** The first set, and the first failure, after a late answer may say again what the last ones said. */
    private boolean setMayBeRepeated;

    private boolean failureMayBeRepeated;

    /** Throws an Error for the first few sets. */
    static final class Failing implements Consumer<List<Instance>> {
        private final Error error;
        private int left;

        Failing(Error error, int times) {
            this.error = error;
            left = times;
        }

        @Override
        public void accept(List<Instance> instances) {
            if (left > 0) {
                left--;
                throw error;
            }
        }
    }

    Following(String uri) {
        this(uri, new LastGood(), instances -> {});
    }

    /** @param published gets every set before it counts as published */
    Following(String uri, LastGood good, Consumer<List<Instance>> published) {
        this(published, sink -> new Follower(EtcdUri.parse(uri).options(), sink, FIRST, good).follow());
    }

    /** Follows whatever it is. */
    Following(TopologySource source) {
        this(instances -> {}, source);
    }

    private Following(Consumer<List<Instance>> published, TopologySource source) {
        before = published;
        thread = Thread.ofVirtual().start(() -> {
            try {
                source.follow(this);
            } catch (Throwable e) {
                end = e;
            }
        });
    }

    @Override
    public void publish(Collection<Instance> instances) {
        List<Instance> set = List.copyOf(instances);
        before.accept(set);
        boolean repeated = setMayBeRepeated && !published.isEmpty() && set.equals(published.getLast());
        if (!repeated) {
            published.add(set);
        }
        setMayBeRepeated = false;
    }

    @Override
    public void failed(String message) {
        boolean late = Lateness.isLateness(message);
        boolean repeated = failureMayBeRepeated && !failures.isEmpty() && message.equals(failures.getLast());
        if (!late && !repeated) {
            failures.add(message);
        }
        failureMayBeRepeated = late;
        setMayBeRepeated |= late;
        // the last step: who waits for a line counts failures next
        lines.add(message);
    }

    /** The sets, but for one that only repeats the last one after this machine was too busy for an answer in time. */
    List<List<Instance>> published() {
        return published;
    }

    /**
     * What was reported, but for what only says that this machine was too busy for an answer in time, and for one that only
     * repeats the last one after it.
     */
    List<String> failures() {
        return failures;
    }

    /** How often it was reported that this endpoint was late. */
    int lateAnswers(String endpoint) {
        return Math.toIntExact(lines.stream()
                .filter(line -> line.contains("etcd " + endpoint + ": expected an answer within "))
                .count());
    }

    List<Instance> instances() {
        return published.isEmpty() ? List.of() : published.getLast();
    }

    private String text() {
        return instances().stream().map(Instance::toString).sorted().collect(Collectors.joining(" "));
    }

    /** Waits for exactly these instances. */
    Following awaits(String... instances) {
        String expected = String.join(" ", instances);
        Waiting.until(() -> expected + "; last " + text() + "; " + troubles(), () -> text().equals(expected));
        return this;
    }

    /** Waits for a failure that contains all of these parts. */
    String awaitsFailure(String... parts) {
        Predicate<String> isIt = failure -> Arrays.stream(parts).allMatch(failure::contains);
        Waiting.until(
                () -> List.of(parts) + "; " + troubles(), () -> lines.stream().anyMatch(isIt));
        return lines.stream().filter(isIt).findFirst().orElseThrow();
    }

    private String troubles() {
        return "failures " + lines + "; end " + end;
    }

    /** Ends the follower as the client does. */
    @Override
    public void close() {
        thread.interrupt();
        Waiting.until("the follower has ended", () -> !thread.isAlive());
        assertThat(end).isInstanceOf(InterruptedException.class);
    }
}
