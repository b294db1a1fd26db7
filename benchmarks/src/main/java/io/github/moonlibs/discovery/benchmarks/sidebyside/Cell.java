package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.WallClock;
import java.lang.reflect.RecordComponent;
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
 * One contestant under a load, whose callers call again as soon as they are answered and have computed: first unmeasured,
 * until the code is compiled, then measured. It has a process of its own, so that it inherits no threads, code or garbage,
 * and needs no library but the contestant's and HdrHistogram.
 *
 * <p>Usage: {@code Cell WAY DRIVER LOAD WARM-UP-SECONDS SETTLE-SECONDS SECONDS ENDPOINT,… [PID,…]}, where the endpoints are
 * those of the {@link Instances}, and PID are their processes. Writes a {@link Measurement} as JSON.
 */
final class Cell {
    private static final Duration PATIENCE = Duration.ofSeconds(70);
    private static final long LARGE_PAUSE_MILLIS = 20;

    private final Way way;
    private final String driver;
    private final Load load;
    private final Work work;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);

    /** What is recorded now: one for the warm-up, one that counts, one for what comes after it. */
    private volatile Latencies latencies = new Latencies();

    private volatile boolean over;

    private Cell(Way way, String driver, Load load) {
        this.way = way;
        this.driver = driver;
        this.load = load;
        work = new Work(load.work());
    }

    /** Measures. A driver is not closed, and its threads would stay, so it is the program that ends. */
    public static void main(String[] args) {
        try {
            measureAndPrint(args);
            System.exit(0);
        } catch (Throwable failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private static void measureAndPrint(String... args) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        List<String> endpoints = List.of(args[6].split(",", -1));
        List<Long> servers = args.length < 8
                ? List.of()
                : Arrays.stream(args[7].split(",", -1)).map(Long::valueOf).toList();
        Measurement measurement = new Cell(Way.valueOf(args[0]), args[1], Load.of(args[2]))
                .measure(endpoints, servers, seconds(args[3]), seconds(args[4]), seconds(args[5]));
        System.out.println(json(measurement));
    }

    private static Duration seconds(String number) {
        return Duration.ofMillis((long) (Double.parseDouble(number) * 1_000));
    }

    /** By hand, because a contestant may bring any version of a library that does it, or none. */
    private static String json(Measurement measurement) throws ReflectiveOperationException {
        List<String> members = new ArrayList<>();
        for (RecordComponent component : Measurement.class.getRecordComponents()) {
            Object value = component.getAccessor().invoke(measurement);
            members.add("\"" + component.getName() + "\": " + (value instanceof String ? "\"" + value + "\"" : value));
        }
        return "{" + String.join(", ", members) + "}";
    }

    private Measurement measure(
            List<String> endpoints, List<Long> servers, Duration warmUp, Duration settle, Duration length)
            throws Exception {
        try (Contestant contestant = way.open(driver, endpoints, load.callers())) {
            List<Thread> threads = start(contestant);
            await(warmUp);
            if (!settle.isZero()) {
                new Settling(latencies, this::await).await(settle);
            }
            Latencies measured = new Latencies();
            Latencies afterwards = new Latencies();
            Usage before = Usage.now(servers);
            latencies = measured;
            await(length);
            latencies = afterwards;
            Usage used = Usage.now(servers).since(before);
            over = true;
            for (Thread thread : threads) {
                if (!thread.join(PATIENCE)) {
                    throw new IllegalStateException("a caller still waits for its reply");
                }
            }
            await(Duration.ZERO);
            return measurement(measured, used, contestant.turn(load.callers()));
        }
    }

    private List<Thread> start(Contestant contestant) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < contestant.threads(load.callers()); i++) {
            int number = i;
            Contestant.Caller caller = contestant.caller(load.request(number));
            threads.add(way.threads().start(() -> guarded(() -> call(number, caller))));
        }
        if (load.largeMegabytes() > 0) {
            Contestant.Caller caller = contestant.caller(load.largeRequest());
            threads.add(way.threads().start(() -> guarded(() -> callLarge(caller))));
        }
        return threads;
    }

    /** Lets the callers call for this time. Fails if a call has failed. */
    private void await(Duration time) throws InterruptedException {
        if (failed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("a call failed", failure.get());
        }
    }

    private interface Calling {
        void run() throws Exception;
    }

    private void guarded(Calling calling) {
        try {
            calling.run();
        } catch (Exception e) {
            failure.compareAndSet(null, e);
            failed.countDown();
        }
    }

    private void call(int number, Contestant.Caller caller) throws Exception {
        boolean works = !load.work().isZero();
        long before = System.nanoTime();
        while (!over) {
            long called = works ? WallClock.nanos() : 0;
            long server = caller.turn();
            long now = System.nanoTime();
            latencies.record(number, now - before, server == 0 ? 0 : server - called);
            work.run();
            before = works ? System.nanoTime() : now;
        }
    }

    private void callLarge(Contestant.Caller caller) throws Exception {
        while (!over) {
            caller.turn();
            Thread.sleep(LARGE_PAUSE_MILLIS);
        }
    }

    private Measurement measurement(Latencies measured, Usage used, int turn) {
        Histogram turns = measured.sum();
        double calls = (double) turns.getTotalCount() * turn;
        if (calls == 0) {
            throw new IllegalStateException("no call was answered within the measured time");
        }
        return new Measurement(
                way.id(),
                load.toString(),
                1,
                calls / used.nanos() * 1e9,
                turns.getValueAtPercentile(50) / 1e3,
                turns.getValueAtPercentile(99) / 1e3,
                turns.getValueAtPercentile(99.9) / 1e3,
                measured.toServer().getValueAtPercentile(50) / 1e3,
                used.clientCpu() / 1e3 / calls - load.work().toNanos() / 1e3,
                used.serverCpu() / 1e3 / calls,
                used.allocated() / calls,
                used.othersShare());
    }
}
