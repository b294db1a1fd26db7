package io.github.moonlibs.discovery.benchmarks;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The effect of hedging at the observed p95 on the tail. There are three real Tarantool instances; one of them stops
 * for 200 ms at random, for one twentieth of the time. Calls are made at a fixed rate, whether or not earlier ones have
 * ended, and are timed from the moment at which they were due. Rounds with and without hedging alternate.
 *
 * <p>Usage: {@code HedgedTail [ROUNDS [SECONDS [CALLS A SECOND]]]}
 */
public final class HedgedTail {
    private static final String METHOD = "users.get";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final CallOptions PLAIN = CallOptions.defaults().withDeadline(Duration.ofSeconds(5));
    private static final CallOptions HEDGED = PLAIN.withHedging(Hedging.atP95());

    private static final String PROCEDURE =
            "testkit.define('users.get', function(id) return id, 'user ' .. id, os.time() end)\n";

    /** Stops the whole instance, like a long garbage collection or a slow disk. */
    private static final String PAUSES = """
            local fiber, ffi = require('fiber'), require('ffi')
            ffi.cdef[[int usleep(unsigned int usec);]]
            math.randomseed(42)
            fiber.create(function()
                while true do
                    fiber.sleep(-math.log(1 - math.random()) * 3.8)
                    ffi.C.usleep(200000)
                end
            end)
            """;

    private final DiscoveryClient client;
    private final Duration length;
    private final int perSecond;

    private HedgedTail(DiscoveryClient client, Duration length, int perSecond) {
        this.client = client;
        this.length = length;
        this.perSecond = perSecond;
    }

    /** Percentiles of one round, in microseconds, and the requests beyond one per call. */
    private record Round(int calls, int failed, long p50, long p95, long p99, long p999, double extraPercent) {
        @Override
        public String toString() {
            return "%d calls, %d failed, p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, extra %.2f %%"
                    .formatted(calls, failed, p50 / 1e3, p95 / 1e3, p99 / 1e3, p999 / 1e3, extraPercent);
        }
    }

    /** Measures, and prints each round and the medians. */
    public static void main(String[] args) throws InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        Duration length = Duration.ofSeconds(args.length > 1 ? Integer.parseInt(args[1]) : 20);
        int perSecond = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
        try (TarantoolServer one = server(PROCEDURE);
                TarantoolServer two = server(PROCEDURE);
                TarantoolServer pausing = server(PROCEDURE + PAUSES);
                DiscoveryClient client = DiscoveryClient.builder()
                        .endpoints(one.endpoint(), two.endpoint(), pausing.endpoint())
                        .connect()) {
            for (TarantoolServer server : List.of(one, two, pausing)) {
                server.announce(METHOD, 100, true);
            }
            if (!client.awaitMethod(METHOD, 3, PATIENCE)) {
                throw new IllegalStateException("not served: " + client.routing());
            }
            new HedgedTail(client, length, perSecond).measure(rounds, System.out);
        }
    }

    private static TarantoolServer server(String script) {
        return TarantoolServer.builder().script(script).start();
    }

    private void measure(int rounds, PrintStream out) throws InterruptedException {
        round(PLAIN);
        round(HEDGED);
        double[] ratios = new double[rounds];
        double[] extras = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            Round plain = round(PLAIN);
            Round hedged = round(HEDGED);
            out.println("plain:  " + plain);
            out.println("hedged: " + hedged);
            ratios[i] = (double) plain.p999 / hedged.p999;
            extras[i] = hedged.extraPercent;
        }
        Arrays.sort(ratios);
        Arrays.sort(extras);
        out.printf("median: p99.9 falls by %.1f times, extra calls %.2f %%%n", ratios[rounds / 2], extras[rounds / 2]);
    }

    private Round round(CallOptions options) throws InterruptedException {
        Queue<Long> nanos = new ConcurrentLinkedQueue<>();
        AtomicLong failed = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        long extraBefore = client.retryBudget().totalExtraAttempts();
        long between = Duration.ofSeconds(1).toNanos() / perSecond;
        long start = System.nanoTime();
        for (long due = start; due - start < length.toNanos(); due += between) {
            long left = due - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(left);
            }
            long dueAt = due;
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    client.call(METHOD, List.of(dueAt % 1_000), options);
                } catch (CallException e) {
                    failed.incrementAndGet();
                }
                nanos.add(System.nanoTime() - dueAt);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long[] sorted = nanos.stream().mapToLong(each -> each / 1_000).sorted().toArray();
        int calls = sorted.length;
        long extra = client.retryBudget().totalExtraAttempts() - extraBefore;
        return new Round(
                calls,
                failed.intValue(),
                sorted[calls / 2],
                sorted[calls * 95 / 100],
                sorted[calls * 99 / 100],
                sorted[calls * 999 / 1_000],
                100.0 * extra / calls);
    }
}
