package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.cli.AttemptLog.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop: each caller, a virtual thread, makes its next call when its last one has ended.
 *
 * @param callers how many callers there are
 * @param duration how long they begin calls
 * @param calls how many calls they make in total; the load ends at the first of the two limits
 */
record Load(int callers, Duration duration, long calls) {
    private static final Duration PERIOD = Duration.ofMillis(100);

    /**
     * Runs the load; returns when the last call has ended.
     *
     * @param progress gets the part that is done, 0 to 1, ten times a second and at the end
     * @throws IllegalArgumentException if an argument cannot be sent; that ends the load
     */
    void run(
            DiscoveryClient client,
            String method,
            List<@Nullable Object> arguments,
            CallOptions options,
            Tally tally,
            DoubleConsumer progress)
            throws InterruptedException {
        long start = System.nanoTime();
        AtomicLong left = new AtomicLong(calls);
        AtomicReference<@Nullable RuntimeException> refusal = new AtomicReference<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                threads.execute(() -> {
                    try {
                        while (System.nanoTime() - start < duration.toNanos() && left.getAndDecrement() > 0) {
                            call(client, method, arguments, options, tally);
                        }
                    } catch (RuntimeException notSent) {
                        refusal.compareAndSet(null, notSent);
                        left.set(0);
                    }
                });
            }
            threads.shutdown();
            boolean isOver;
            do {
                isOver = threads.awaitTermination(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                double ofTime = (System.nanoTime() - start) / (double) duration.toNanos();
                double ofCalls = tally.ended() / (double) calls;
                progress.accept(Math.min(1, Math.max(ofTime, ofCalls)));
            } while (!isOver);
        }
        RuntimeException notSent = refusal.get();
        if (notSent != null) {
            throw notSent;
        }
    }

    private static void call(
            DiscoveryClient client, String method, List<@Nullable Object> arguments, CallOptions options, Tally tally) {
        List<Seen> attempts = new ArrayList<>(1);
        long start = System.nanoTime();
        try {
            AttemptLog.call(client, method, arguments, options, attempts);
            tally.succeeded(attempts, start, System.nanoTime());
        } catch (CallException failure) {
            tally.failed(failure);
        }
    }
}
