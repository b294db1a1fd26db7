package io.github.moonlibs.discovery.benchmarks.sidebyside;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One contestant with a number of callers, which call again as soon as they are answered: first unmeasured, until the
 * code is compiled, then measured. It has a process of its own, so that it inherits no threads, code or garbage.
 *
 * <p>Usage: {@code Cell CONTESTANT CALLERS WARM-UP-SECONDS SECONDS ENDPOINT,… [PID,…]}, where the endpoints are those
 * of Tarantool instances that have the method, and PID are their processes. Writes a {@link Measurement} as JSON.
 */
final class Cell {
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private final Way way;
    private final int callers;
    private final Latencies latencies = new Latencies();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile boolean measuring;
    private volatile boolean over;

    private Cell(Way way, int callers) {
        this.way = way;
        this.callers = callers;
    }

    /** Measures. */
    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        List<String> endpoints = List.of(args[4].split(",", -1));
        List<Long> servers = args.length < 6
                ? List.of()
                : Arrays.stream(args[5].split(",", -1)).map(Long::valueOf).toList();
        Measurement measurement = new Cell(Way.of(args[0]), Integer.parseInt(args[1]))
                .measure(endpoints, servers, seconds(args[2]), seconds(args[3]));
        System.out.println(new ObjectMapper().writeValueAsString(measurement));
    }

    private static Duration seconds(String number) {
        return Duration.ofMillis((long) (Double.parseDouble(number) * 1_000));
    }

    private Measurement measure(List<String> endpoints, List<Long> servers, Duration warmUp, Duration length)
            throws Exception {
        try (Contestant contestant = way.open(endpoints, callers)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < contestant.threads(callers); i++) {
                int number = i;
                Contestant.Caller caller = contestant.caller(number);
                threads.add(way.threads().start(() -> call(number, caller)));
            }
            await(warmUp);
            Usage before = Usage.now(servers);
            measuring = true;
            await(length);
            measuring = false;
            Usage used = Usage.now(servers).since(before);
            over = true;
            for (Thread thread : threads) {
                if (!thread.join(PATIENCE)) {
                    throw new IllegalStateException("a caller still waits for its reply");
                }
            }
            await(Duration.ZERO);
            return measurement(used, contestant.turn(callers));
        }
    }

    /** Lets the callers call for this time. Fails if a call has failed. */
    private void await(Duration time) throws InterruptedException {
        if (failed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("a call failed", failure.get());
        }
    }

    private void call(int number, Contestant.Caller caller) {
        try {
            long before = System.nanoTime();
            while (!over) {
                caller.turn();
                long now = System.nanoTime();
                if (measuring) {
                    latencies.record(number, now - before);
                }
                before = now;
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
            failed.countDown();
        }
    }

    private Measurement measurement(Usage used, int turn) {
        Histogram turns = latencies.sum();
        double calls = (double) turns.getTotalCount() * turn;
        if (calls == 0) {
            throw new IllegalStateException("no call was answered within the measured time");
        }
        return new Measurement(
                way.id(),
                callers,
                1,
                calls / used.nanos() * 1e9,
                turns.getValueAtPercentile(50) / 1e3,
                turns.getValueAtPercentile(99) / 1e3,
                turns.getValueAtPercentile(99.9) / 1e3,
                used.clientCpu() / 1e3 / calls,
                used.serverCpu() / 1e3 / calls,
                used.allocated() / calls,
                used.othersShare());
    }
}
