package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.Session.Found;
import io.github.moonlibs.discovery.spi.TopologySource.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The loop that follows a topology.
 *
 * <ol>
 *   <li>Endpoints are taken in turn, from a random one on. What fails is left, and the next one is tried at once; when
 *       all have failed in a row, that is told in one line, and there is a pause.
 *   <li>On an endpoint, everything is read as of one moment, and then watched. Every refresh interval it is read again.
 *   <li>Changes are gathered for a moment, because an instance is written key by key. Under a storm of them the pauses
 *       grow with what interpreting costs, so that calls keep their processors: a YAML document of 2,000 instances takes
 *       some 50 ms.
 *   <li>What was found in one place is looked for there only, until there is nothing left.
 * </ol>
 */
final class Follower {
    static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT_WITH_CACHE = Duration.ofSeconds(2);
    static final Duration GATHER = Duration.ofMillis(50);
    private static final Duration GATHER_AT_MOST = Duration.ofMillis(500);

    /** What a pause is of the cost of interpreting; makes it a tenth of one processor. */
    private static final int PAUSE_FACTOR = 9;

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** A session that ends sooner is a failure like one that never began, and does not shorten the next pause. */
    private static final Duration STABLE = Duration.ofSeconds(10);

    private final EtcdOptions options;
    private final List<Look> places;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final Publisher publisher;
    private final List<String> failures = new ArrayList<>();
    private int failedInARow;

    /** Whether the session at hand has read anything; then it is lost when it ends, and not failed. */
    private boolean reading;

    private @Nullable Look current;
    private long restUntil = System.nanoTime();

    Follower(EtcdOptions options, Sink sink, RandomGenerator random) {
        this.options = options;
        this.random = random;
        places = Look.places(options);
        backoff = new Backoff(random);
        publisher = new Publisher(options, sink);
    }

    /** Ends by an interrupt only. */
    void follow() throws InterruptedException {
        List<String> endpoints = options.endpoints();
        for (int i = random.nextInt(endpoints.size()); ; i = (i + 1) % endpoints.size()) {
            long start = System.nanoTime();
            try (Session session = new Session(endpoints.get(i), options)) {
                while (true) {
                    read(session);
                }
            } catch (EtcdFailure e) {
                failed(e.getMessage(), Duration.ofNanos(System.nanoTime() - start));
            }
        }
    }

    private void failed(String problem, Duration lasted) throws InterruptedException {
        if (!failures.contains(problem)) {
            failures.add(problem);
        }
        if (reading) {
            // the others are asked before anything is told: with one of them, this is the whole story
            reading = false;
            failedInARow = 0;
            if (lasted.compareTo(STABLE) > 0) {
                backoff.reset();
            }
        } else if (++failedInARow >= options.endpoints().size()) {
            failedInARow = 0;
            publisher.failed(failures);
            failures.clear();
        } else {
            return;
        }
        Thread.sleep(backoff.next());
    }

    /** Reads once, then watches for one refresh interval, or until etcd can no longer say what has happened since. */
    private void read(Session session) throws EtcdFailure, InterruptedException {
        Found found = look(session);
        if (!failures.isEmpty()) {
            publisher.recovered(failures, session.endpoint());
            failures.clear();
        }
        reading = true;
        publish(found);
        try {
            watch(session, found);
        } catch (EtcdFailure.Outdated compacted) {
            // no failure: what was missed is read now
        }
    }

    private Found look(Session session) throws EtcdFailure, InterruptedException {
        Duration timeout = publisher.hasUnusedCache() ? TIMEOUT_WITH_CACHE : TIMEOUT;
        if (current != null) {
            Found found = session.look(List.of(current), timeout);
            if (!found.isEmpty()) {
                return found;
            }
        }
        Found found = session.look(places, timeout);
        current = found.isEmpty() ? null : found.look();
        return found;
    }

    private void watch(Session session, Found found) throws EtcdFailure, InterruptedException {
        long end = System.nanoTime() + jittered(options.refresh());
        long publishAt = 0;
        boolean changed = false;
        while (true) {
            long now = System.nanoTime();
            if (changed && now - publishAt >= 0) {
                publish(found);
                changed = false;
            }
            boolean elsewhere = found.isEmpty() && places.size() > 1;
            long wait = changed ? publishAt - now : end - now;
            if (!changed && (elsewhere || publisher.isUnsaved())) {
                wait = Math.min(wait, LOOK_AGAIN.toNanos());
            }
            if (wait <= 0) {
                return;
            }
            if (session.awaitChange(found, Duration.ofNanos(wait))) {
                if (!changed) {
                    long gathered = System.nanoTime() + GATHER.toNanos();
                    publishAt = gathered - restUntil > 0 ? gathered : restUntil;
                }
                changed = true;
            } else if (!changed) {
                publisher.save();
                if (elsewhere) {
                    return;
                }
            }
        }
    }

    private void publish(Found found) {
        long start = System.nanoTime();
        publisher.publish(found);
        long end = System.nanoTime();
        restUntil = end + Math.min(PAUSE_FACTOR * (end - start), GATHER_AT_MOST.toNanos());
    }

    private long jittered(Duration interval) {
        return (long) (interval.toNanos() * random.nextDouble(0.9, 1.1));
    }
}
