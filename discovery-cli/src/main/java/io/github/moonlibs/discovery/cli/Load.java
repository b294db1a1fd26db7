package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.cli.Witness.Seen;
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
 * A closed loop: each of so many callers, a virtual thread, makes its next call when the last one has ended.
 *
 * @param callers how many
 * @param duration for how long they begin calls
 * @param calls how many they make in all; whatever comes first ends the load
 */
record Load(int callers, Duration duration, long calls) {
    private static final Duration PERIOD = Duration.ofMillis(100);

    /**
     * Runs it; returns when the last call has ended.
     *
     * @param progress is told ten times a second which part is over, 0 to 1
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
            while (!threads.awaitTermination(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                double ofTime = (System.nanoTime() - start) / (double) duration.toNanos();
                double ofCalls = tally.ended() / (double) calls;
                progress.accept(Math.min(1, Math.max(ofTime, ofCalls)));
            }
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
            Witness.call(client, method, arguments, options, attempts);
            tally.succeeded(attempts, start, System.nanoTime());
        } catch (CallException failure) {
            tally.failed(failure);
        }
    }
}
