package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Calls while the heap is filled and freed again and again; a program of its own, with a small heap. */
public final class ExhaustedHeap {
    private static final long TIMEOUT = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int ROUNDS = 10;

    private ExhaustedHeap() {}

    /**
     * Runs in a JVM of its own.
     *
     * @param args the endpoint to call
     */
    public static void main(String[] args) throws Exception {
        Endpoint endpoint = Endpoint.parse(args[0]);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger ended = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Runnable caller = () -> call(endpoint, over, ended);
            // the JDK itself loses a virtual thread that it can't schedule for want of memory: it stays runnable for
            // ever
            callers.add(Thread.ofPlatform().start(caller));
        }
        // a class whose initialisation the JDK gave up for want of memory would be gone for good
        Threads.await("all to be under way", () -> ended.get() >= 1_000);
        for (int i = 0; i < ROUNDS; i++) {
            fill();
            int before = ended.get();
            // every caller has to go on, whatever it was that did not get its memory
            Threads.await("calls to end after round " + i, () -> ended.get() >= before + 100);
        }
        over.set(true);
        for (Thread caller : callers) {
            caller.join(TimeUnit.SECONDS.toMillis(Threads.BOUND));
            if (caller.isAlive()) {
                System.out.println("a caller hangs: " + caller + ", " + LockSupport.getBlocker(caller) + ": "
                        + List.of(caller.getStackTrace()));
                System.exit(1);
            }
        }
        try (Transport.Connection connection = new Owner().connect(endpoint)) {
            System.out.println(
                    connection.call("echo", List.of("well"), Owner.SECONDS).get(0));
        }
        System.exit(0);
    }

    /** As applications do that keep too much: whatever wants memory meanwhile is refused. */
    private static void fill() {
        Object[] last = null;
        try {
            while (true) {
                last = new Object[] {last, new byte[10_000]};
            }
        } catch (OutOfMemoryError full) {
            try {
                while (true) {
                    last = new Object[] {last};
                }
            } catch (OutOfMemoryError quite) {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static void call(Endpoint endpoint, AtomicBoolean over, AtomicInteger ended) {
        Transport.Connection connection = null;
        while (!over.get()) {
            try {
                if (connection == null) {
                    connection = new Owner().connect(endpoint);
                }
                connection.call("echo", List.of("x"), TIMEOUT);
                ended.incrementAndGet();
            } catch (AttemptException e) {
                ended.incrementAndGet();
                if (e.kind() == AttemptException.Kind.LOST || e.kind() == AttemptException.Kind.NOT_SENT) {
                    connection = null;
                }
            } catch (OutOfMemoryError full) {
                ended.incrementAndGet();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
