package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.Session.Found;
import io.github.moonlibs.discovery.spi.TopologySource.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The loop that follows a topology.
 *
 * <ol>
 *   <li>Endpoints are used in turn, beginning with a random one. When one fails, the next one is tried at once, and one
 *       that was silent not before the others. When all have failed in a row, one line reports it, and there is a pause.
 *   <li>On an endpoint, everything is read as of one moment, and then watched. It is read again every refresh interval.
 *   <li>Changes are gathered for a moment, because an instance is written key by key. Under a storm of changes the pauses
 *       grow with the cost of interpreting them, which leaves the processors to calls: a YAML document of 2,000 instances
 *       takes about 50 ms.
 *   <li>Once something was found in a place, only that place is read, until it is empty.
 * </ol>
 */
final class Follower {
    static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT_WITH_CACHE = Duration.ofSeconds(2);
    static final Duration GATHER = Duration.ofMillis(50);
    private static final Duration GATHER_AT_MOST = Duration.ofMillis(500);

    /** A pause is this many times the cost of interpreting, which then takes a tenth of one processor. */
    private static final int PAUSE_FACTOR = 9;

    private static final Duration AVOIDED = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** A session that ends sooner counts like one that never began: it does not shorten the next pause. */
    private static final Duration STABLE = Duration.ofSeconds(10);

    private final EtcdOptions options;
    private final List<Place> places;
    private final RandomGenerator random;
    private final Backoff backoff;

    /** Between reads that follow each other because there was no history to watch. */
    private final Backoff outdated;

    private final Publisher publisher;
    private final List<String> failures = new ArrayList<>();
    private int failedInARow;

    /** By endpoint. To find out that one is silent takes seconds, in which others may have elected a leader. */
    private final long[] avoidedUntil;

    /** Whether the current session has read anything; then its end is a loss, not a failure to connect. */
    private boolean reading;

    private @Nullable Place current;
    private long restUntil = System.nanoTime();

    /** @param good outlives the follower */
    Follower(EtcdOptions options, Sink sink, RandomGenerator random, LastGood good) {
        this.options = options;
        this.random = random;
        places = Place.places(options);
        backoff = new Backoff(random);
        outdated = new Backoff(random);
        avoidedUntil = new long[options.endpoints().size()];
        Arrays.fill(avoidedUntil, System.nanoTime());
        publisher = new Publisher(options, sink, good);
    }

    /** Runs until it is interrupted. */
    void follow() throws InterruptedException {
        List<String> endpoints = options.endpoints();
        for (int i = random.nextInt(endpoints.size()); ; i = next(i)) {
            long start = System.nanoTime();
            try (Session session = new Session(endpoints.get(i), options)) {
                while (true) {
                    read(session);
                }
            } catch (EtcdFailure e) {
                if (e instanceof EtcdFailure.Silent) {
                    avoidedUntil[i] = System.nanoTime() + AVOIDED.toNanos();
                }
                failed(e.getMessage(), Duration.ofNanos(System.nanoTime() - start));
            } catch (RuntimeException | Error e) {
                // too little memory, or a fault of a library: it ends this round, and what is known stays
                reading = false;
                publisher.failed(
                        List.of("etcd " + endpoints.get(i) + ": this round failed: " + Causes.shortened(e.toString())));
                Thread.sleep(backoff.next());
            }
        }
    }

    /** The next endpoint; while there is one that was not silent a moment ago, one of these. */
    private int next(int last) {
        long now = System.nanoTime();
        for (int step = 1; step <= avoidedUntil.length; step++) {
            int next = (last + step) % avoidedUntil.length;
            if (now - avoidedUntil[next] >= 0) {
                return next;
            }
        }
        return (last + 1) % avoidedUntil.length;
    }

    private void failed(String problem, Duration lasted) throws InterruptedException {
        if (!failures.contains(problem)) {
            failures.add(problem);
        }
        if (reading) {
            // the other endpoints are tried before anything is reported: if one works, a single line says it all
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

    /** Reads once, then watches for one refresh interval, or until etcd no longer has the history since then. */
    private void read(Session session) throws EtcdFailure, InterruptedException {
        Found found = find(session);
        if (!failures.isEmpty()) {
            publisher.recovered(failures, session.endpoint());
            failures.clear();
        }
        reading = true;
        publish(found);
        long start = System.nanoTime();
        try {
            watch(session, found);
            outdated.reset();
        } catch (EtcdFailure.Outdated compacted) {
            // not a failure: what was missed is read next
            if (System.nanoTime() - start > STABLE.toNanos()) {
                outdated.reset();
            }
            Thread.sleep(outdated.next());
        }
    }

    private Found find(Session session) throws EtcdFailure, InterruptedException {
        Duration timeout = publisher.hasUnusedCache() ? TIMEOUT_WITH_CACHE : TIMEOUT;
        if (current != null) {
            Found found = session.find(List.of(current), timeout);
            if (!found.isEmpty()) {
                return found;
            }
        }
        Found found = session.find(places, timeout);
        current = found.isEmpty() ? null : found.place();
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

    private void publish(Found found) throws InterruptedException {
        long start = System.nanoTime();
        publisher.publish(found);
        long end = System.nanoTime();
        restUntil = end + Math.min(PAUSE_FACTOR * (end - start), GATHER_AT_MOST.toNanos());
    }

    private long jittered(Duration interval) {
        return (long) (interval.toNanos() * random.nextDouble(0.9, 1.1));
    }
}
