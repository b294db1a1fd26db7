package io.github.moonlibs.discovery.benchmarks.memory;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The client's side of {@link MemoryProgram}, in a process that holds nothing else.
 *
 * <p>Usage: {@code MemoryCell calls|nodes COUNT ENDPOINT,…}. Writes {@link MemoryUse}s as JSON, one per line. For
 * calls it waits for a line of input, which means that all are in flight.
 */
final class MemoryCell {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private MemoryCell() {}

    /** Measures. */
    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        int count = Integer.parseInt(args[1]);
        String[] endpoints = args[2].split(",", -1);
        if (args[0].equals("nodes")) {
            nodes(count, endpoints);
        } else {
            idleThreads(count);
            calls(count, endpoints);
        }
        // calls in flight will not be answered
        Runtime.getRuntime().halt(0);
    }

    private static void print(MemoryUse use) throws IOException {
        System.out.println(new ObjectMapper().writeValueAsString(use));
    }

    private static DiscoveryClient connect(String... endpoints) throws InterruptedException {
        DiscoveryClient client = DiscoveryClient.builder()
                .endpoints(endpoints)
                // all calls are to be in flight, none is to wait for a place
                .maxInFlightPerNode(Integer.MAX_VALUE)
                .callOptions(CallOptions.defaults().withTimeout(PATIENCE))
                // a node that receives so many calls may be late sometimes
                .discoveryTimeout(PATIENCE)
                .connect();
        if (!client.awaitMethod(MemoryProgram.METHOD, endpoints.length, PATIENCE)) {
            throw new IllegalStateException("not served: " + client.topology());
        }
        return client;
    }

    private static void nodes(int count, String... endpoints) throws Exception {
        // classes that the first connection loads are not counted
        DiscoveryClient small = connect(endpoints[0]);
        Heap before = Heap.now();
        DiscoveryClient large = connect(endpoints);
        print(MemoryUse.of(MemoryUse.NODE, count, Heap.now().since(before)));
        large.close();
        small.close();
    }

    /** Measures virtual threads that wait for something else. */
    private static void idleThreads(int count) throws Exception {
        Heap before = Heap.now();
        CountDownLatch waiting = new CountDownLatch(count);
        List<Thread> threads = start(count, waiting, LockSupport::park);
        awaitParked(threads);
        print(MemoryUse.of("idle virtual thread", count, Heap.now().since(before)));
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            thread.join();
        }
    }

    private static void calls(int count, String... endpoints) throws Exception {
        DiscoveryClient client = connect(endpoints);
        client.call(MemoryProgram.WARM_UP, List.of(1));
        Heap before = Heap.now();
        List<Thread> threads =
                start(count, new CountDownLatch(count), () -> client.call(MemoryProgram.METHOD, List.of(42)));
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (input.readLine() == null) {
            throw new IllegalStateException("expected a line when all calls are in flight");
        }
        awaitParked(threads);
        print(MemoryUse.of(MemoryUse.CALL, count, Heap.now().since(before)));
    }

    private static List<Thread> start(int count, CountDownLatch begun, Runnable task) throws InterruptedException {
        List<Thread> threads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                begun.countDown();
                try {
                    task.run();
                } catch (RuntimeException e) {
                    fail(e);
                }
            }));
        }
        begun.await();
        return threads;
    }

    /** Exits at the first failure, because the measurement is not valid. */
    private static synchronized void fail(RuntimeException e) {
        e.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    /** Waits, because the frames of a thread are on the heap only after it has parked. */
    private static void awaitParked(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
                if (!thread.isAlive()) {
                    throw new IllegalStateException("a thread has ended that should wait");
                }
                Thread.sleep(1);
            }
        }
    }
}
