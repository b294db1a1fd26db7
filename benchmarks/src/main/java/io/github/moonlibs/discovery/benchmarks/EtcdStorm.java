package io.github.moonlibs.discovery.benchmarks;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Compares calls under a topology of 2,000 instances in etcd that changes a hundred times per second with calls under a
 * static one of the same instances. Three instances serve; there is no server at the addresses of the others.
 *
 * <p>Both clients live all the time, and rounds of calls alternate between them. In a static round the changes go to
 * another directory of the same etcd: the writer and etcd cost the same, but no client follows.
 *
 * <p>Usage: {@code EtcdStorm [ROUNDS [SECONDS]]}
 */
public final class EtcdStorm {
    private static final int INSTANCES = 2_000;
    private static final int SERVING = 3;
    private static final int CALLERS = 16;
    private static final long PAUSE_NANOS = Duration.ofMillis(2).toNanos();
    private static final long CHANGE_EVERY_NANOS = Duration.ofMillis(10).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FOLLOWED = "/app/instances/";
    private static final String IGNORED = "/other/instances/";

    private final EtcdWriter etcd;
    private int changes;

    private EtcdStorm(EtcdWriter etcd) {
        this.etcd = etcd;
    }

    /** Percentiles of one round, in microseconds. */
    private record Round(int calls, long p50, long p99) {}

    /** Measures, and prints a line for each pair of rounds and the medians. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        Duration length = Duration.ofSeconds(args.length > 1 ? Integer.parseInt(args[1]) : 5);
        List<FakeNode> nodes = Stream.generate(EtcdStorm::node).limit(SERVING).toList();
        try (EtcdServer server = EtcdServer.start()) {
            EtcdStorm storm = new EtcdStorm(new EtcdWriter(server));
            String[] addresses = addresses(nodes);
            for (int i = 0; i < INSTANCES; i++) {
                storm.etcd.put(FOLLOWED + "i" + i + "/box/listen", addresses[i]);
            }
            try (DiscoveryClient fixed =
                            DiscoveryClient.builder().endpoints(addresses).connect();
                    DiscoveryClient followed =
                            DiscoveryClient.connect("etcd://" + server.endpoint() + "/app/instances?layout=tree")) {
                for (DiscoveryClient client : List.of(fixed, followed)) {
                    if (!client.awaitMethod("get", SERVING, PATIENCE)) {
                        throw new IllegalStateException("not served: " + client.routing());
                    }
                }
                storm.measure(fixed, followed, rounds, length, System.out);
            }
        } finally {
            nodes.forEach(FakeNode::close);
        }
    }

    private static FakeNode node() {
        FakeNode node = FakeNode.start();
        node.echo("get").announce("get", 100, true);
        return node;
    }

    private static String[] addresses(List<FakeNode> nodes) {
        String[] addresses = new String[INSTANCES];
        // no server listens on port 1, tcpmux
        Arrays.setAll(
                addresses,
                i -> i < SERVING ? nodes.get(i).endpoint() : "127.10." + i / 250 + "." + (1 + i % 250) + ":1");
        return addresses;
    }

    private void measure(DiscoveryClient fixed, DiscoveryClient followed, int rounds, Duration length, PrintStream out)
            throws InterruptedException {
        round(fixed, IGNORED, length);
        round(followed, FOLLOWED, length);
        double[] ratios50 = new double[rounds];
        double[] ratios99 = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            Round still = round(fixed, IGNORED, length);
            Round stormy = round(followed, FOLLOWED, length);
            ratios50[i] = (double) stormy.p50 / still.p50;
            ratios99[i] = (double) stormy.p99 / still.p99;
            out.printf(
                    "static %6d calls p50 %5d us p99 %6d us | etcd %6d calls p50 %5d us p99 %6d us | ratio %.2f %.2f%n",
                    still.calls, still.p50, still.p99, stormy.calls, stormy.p50, stormy.p99, ratios50[i], ratios99[i]);
        }
        Arrays.sort(ratios50);
        Arrays.sort(ratios99);
        out.printf(
                "median ratio of p50 %.2f, of p99 %.2f; %d changes written%n",
                ratios50[rounds / 2], ratios99[rounds / 2], changes);
    }

    /** Calls during a hundred changes per second. */
    private Round round(DiscoveryClient client, String directory, Duration length) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<LongStream.Builder> recorded = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.ofPlatform().start(() -> change(directory, over)));
        for (int i = 0; i < CALLERS; i++) {
            LongStream.Builder nanos = LongStream.builder();
            recorded.add(nanos);
            threads.add(Thread.startVirtualThread(() -> call(client, nanos, over)));
        }
        Thread.sleep(length);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        long[] nanos = recorded.stream()
                .flatMapToLong(LongStream.Builder::build)
                .sorted()
                .toArray();
        return new Round(nanos.length, nanos[nanos.length / 2] / 1_000, nanos[nanos.length * 99 / 100] / 1_000);
    }

    private static void call(DiscoveryClient client, LongStream.Builder nanos, AtomicBoolean over) {
        while (!over.get()) {
            long start = System.nanoTime();
            client.call("get", List.of(42));
            nanos.add(System.nanoTime() - start);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** In turn a label changes, an instance is added, a label changes, and the instance is removed. */
    private void change(String directory, AtomicBoolean over) {
        long next = System.nanoTime();
        while (!over.get()) {
            int change = changes++;
            String guest = directory + "guest" + change / 4 % 500;
            switch (change % 4) {
                case 1 -> etcd.put(guest + "/box/listen", "127.11.0." + (1 + change / 4 % 250) + ":1");
                case 3 -> etcd.deleteBelow(guest + "/");
                default -> etcd.put(directory + "i" + change % INSTANCES + "/cluster", "c" + change);
            }
            next += CHANGE_EVERY_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }
}
