package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Connects and calls while no virtual thread gets a carrier; a program of its own, because the number of carriers is the JVM's. */
public final class BusyCarriers {
    private static final int CALLS = 200;

    private BusyCarriers() {}

    /**
     * Runs in a JVM of its own.
     *
     * @param args {@code computing} or {@code pinned}, and the endpoint to call
     */
    public static void main(String[] args) throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        boolean pinned = args[0].equals("pinned");
        if (!pinned) {
            hogAllCarriers(over);
        }
        try (Transport.Connection connection = new Owner().connect(Endpoint.parse(args[1]))) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < (pinned ? 4 : 16); i++) {
                Runnable caller = () -> call(connection, pinned, answered, failed);
                threads.add(
                        pinned
                                ? Thread.ofVirtual().start(caller)
                                : Thread.ofPlatform().start(caller));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            over.set(true);
        }
        System.out.println(answered + " answered, " + failed + " failed");
    }

    private static void hogAllCarriers(AtomicBoolean over) throws InterruptedException {
        int carriers = Integer.getInteger("jdk.virtualThreadScheduler.parallelism");
        AtomicInteger hogging = new AtomicInteger();
        for (int i = 0; i < carriers; i++) {
            Thread.ofVirtual().start(() -> {
                hogging.incrementAndGet();
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        Threads.await("the hogs to have all carriers", () -> hogging.get() == carriers);
    }

    private static void call(
            Transport.Connection connection, boolean pinned, AtomicInteger answered, AtomicInteger failed) {
        try {
            if (pinned) {
                // as under a native frame, or on JDK 21 under synchronized
                Method pin = Class.forName("jdk.internal.vm.Continuation").getMethod("pin");
                pin.invoke(null);
            }
            for (int i = 0; i < CALLS; i++) {
                try {
                    connection.call("echo", List.of(i), Owner.SECONDS);
                    answered.incrementAndGet();
                } catch (AttemptException e) {
                    failed.incrementAndGet();
                }
            }
        } catch (InterruptedException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
