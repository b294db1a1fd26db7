package com.example.discovery.demo;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** Hundreds of virtual threads that call the service, each with a pause after every call. */
final class Traffic implements AutoCloseable {
    static final int THREADS = 300;
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    /** How much the machine's own scheduling may add to a deadline. */
    private static final Duration NOISE = Duration.ofMillis(50);
    /** With it, 300 threads make 3,000 calls/s on average: a load, but one that two cores can bear. */
    private static final int PAUSE_MILLIS = 100;

    private final DiscoveryClient client;
    private final Map<Method, Tally> tallies = new EnumMap<>(Method.class);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean over;

    Traffic(DiscoveryClient client) {
        this.client = client;
        for (Method method : Method.values()) {
            tallies.put(method, new Tally());
        }
    }

    void begin() {
        for (int i = 0; i < THREADS; i++) {
            threads.execute(this::callUntilClosed);
        }
    }

    Tally of(Method method) {
        return Objects.requireNonNull(tallies.get(method));
    }

    Sample sample() {
        Map<Method, Map<String, Long>> served = new EnumMap<>(Method.class);
        tallies.forEach((method, tally) -> served.put(method, tally.servedBy()));
        return new Sample(System.nanoTime(), served);
    }

    private void callUntilClosed() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try {
            while (!over) {
                Thread.sleep(random.nextInt(2 * PAUSE_MILLIS));
                call(Method.pick(random));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(Method method) {
        Tally tally = of(method);
        Deadline deadline = Deadline.after(DEADLINE);
        CallOptions options = CallOptions.defaults().withDeadline(deadline).withRetryOn(failure -> {
            tally.repeated();
            return true;
        });
        long start = System.nanoTime();
        try {
            User user = Objects.requireNonNull(
                    client.call(method.procedure, method.arguments(ThreadLocalRandom.current()), options, User.class));
            tally.served(user.node(), System.nanoTime() - start);
        } catch (RuntimeException e) {
            tally.failed(e);
        }
        if (deadline.remainingNanos() < -NOISE.toNanos()) {
            tally.late();
        }
    }

    /** Lets every thread finish its current call. */
    @Override
    public void close() {
        over = true;
        threads.close();
    }
}
