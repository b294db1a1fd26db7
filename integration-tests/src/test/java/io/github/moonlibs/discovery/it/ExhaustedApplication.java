package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An application that calls while it runs out of memory again and again, with default options. Its callers are platform
 * threads, because the JDK itself loses virtual threads that it cannot schedule.
 *
 * <pre>
 *   ROUNDS MILLISECONDS ENDPOINT…
 * </pre>
 */
final class ExhaustedApplication {
    private static final int CALLERS = 16;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final DiscoveryClient client;
    private final long roundNanos;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private volatile boolean isOver;

    private static final Object[] NOTHING = {};

    /** What keeps the memory. */
    private static volatile Object[] kept = NOTHING;

    private ExhaustedApplication(DiscoveryClient client, long roundNanos) {
        this.client = client;
        this.roundNanos = roundNanos;
    }

    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        long roundNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[1]));
        String endpoints = String.join(",", List.of(args).subList(2, args.length));
        try (DiscoveryClient client = DiscoveryClient.connect("static:" + endpoints)) {
            new ExhaustedApplication(client, roundNanos).run(rounds);
        }
        // nothing of the client may keep the JVM
    }

    private void run(int rounds) throws InterruptedException {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Thread.ofPlatform().name("caller-" + i).start(this::call));
        }
        // a class whose initialisation fails for want of memory would be gone for good
        await("calls to be answered", 1_000);
        for (int i = 0; i < rounds; i++) {
            exhaust();
            await("calls to be answered after round " + i, 100);
        }
        awaitNews();
        isOver = true;
        for (Thread caller : callers) {
            caller.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
            if (caller.isAlive()) {
                fail(caller + " hangs: " + List.of(caller.getStackTrace()));
            }
        }
        System.out.println("answered=" + answered + " longest call beyond its deadline, without the collector: "
                + TimeUnit.NANOSECONDS.toMillis(longest.get()) + " ms");
        System.out.println("every node is asked and serves");
    }

    private void call() {
        CallOptions options = client.options().callOptions();
        long deadlineNanos =
                options.timeout().multipliedBy(options.maxAttempts()).toNanos();
        while (!isOver) {
            try {
                long collecting = collectingMillis();
                long start = System.nanoTime();
                try {
                    client.call("node.name", List.of());
                    answered.incrementAndGet();
                } finally {
                    long taken = System.nanoTime() - start;
                    long collected = TimeUnit.MILLISECONDS.toNanos(collectingMillis() - collecting);
                    longest.accumulateAndGet(taken - deadlineNanos - collected, Math::max);
                }
            } catch (CallInterruptedException unexpected) {
                fail(unexpected.toString());
            } catch (CallException | OutOfMemoryError expected) {
                Thread.onSpinWait();
            }
        }
    }

    private static long collectingMillis() {
        long sum = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            sum += collector.getCollectionTime();
        }
        return sum;
    }

    private void exhaust() {
        long end = System.nanoTime() + roundNanos;
        try {
            while (System.nanoTime() < end) {
                fill();
            }
        } finally {
            kept = NOTHING;
        }
    }

    /** Fills up; what is refused once is tried again, so that it stays as full as it is. */
    private static void fill() {
        try {
            kept = new Object[] {kept, new byte[10_000]};
        } catch (OutOfMemoryError full) {
            Thread.onSpinWait();
        }
    }

    private void await(String what, long more) {
        long before = answered.get();
        long start = System.nanoTime();
        while (answered.get() < before + more) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                fail("waited in vain for " + what + ":\n" + client.snapshot());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Lets every node announce something new, which is seen if it is asked again and serves. */
    private void awaitNews() {
        long start = System.nanoTime();
        client.callAll("node.news", List.of());
        while (!client.topology().nodes().stream().allMatch(ExhaustedApplication::hasNews)) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                fail("not every node is asked and serves again:\n" + client.snapshot());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            client.callAll("node.news", List.of());
        }
    }

    private static boolean hasNews(NodeSnapshot node) {
        Announcement announcement = node.announcement();
        return node.state() == State.SERVING
                && announcement != null
                && announcement.attributes().containsKey("news");
    }

    private static void fail(String why) {
        System.out.println(why);
        Runtime.getRuntime().halt(1);
    }
}
