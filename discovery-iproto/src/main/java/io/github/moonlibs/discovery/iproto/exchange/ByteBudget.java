package io.github.moonlibs.discovery.iproto.exchange;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Bounds what is queued on one connection, in bytes: a server that does not read costs so much memory and no more. A
 * request that is larger than the bound has to be alone. Requests beyond the bound wait, the first that came first. Any
 * thread may use it; none waits in it.
 */
public final class ByteBudget {
    private static final long SMALLEST = 1 << 20;
    private static final long LARGEST = 64 << 20;

    /** Of the heap, for each connection. */
    private static final int SHARE = 32;

    private final long bound;
    private final AtomicLong used = new AtomicLong();
    private final ConcurrentLinkedQueue<Place> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger granting = new AtomicInteger();
    private volatile boolean closed;

    private final Consumer<Thread> wakeUp;

    /** @param bound bytes */
    public ByteBudget(long bound) {
        this(bound, LockSupport::unpark);
    }

    /** @param wakeUp how threads are woken, which may fail */
    ByteBudget(long bound, Consumer<Thread> wakeUp) {
        this.bound = bound;
        this.wakeUp = wakeUp;
    }

    /** A thirty-second part of the largest heap, between 1 and 64 MiB. */
    public static ByteBudget ofHeap() {
        return new ByteBudget(Math.clamp(Runtime.getRuntime().maxMemory() / SHARE, SMALLEST, LARGEST));
    }

    /** A place in the queue for room; the thread that made it is unparked when it is granted. */
    public static final class Place {
        private static final int WAITING = 0;
        private static final int GRANTED = 1;
        private static final int LEFT = 2;

        private final Thread owner = Thread.currentThread();
        private final int bytes;
        private final AtomicInteger state = new AtomicInteger(WAITING);

        private Place(int bytes) {
            this.bytes = bytes;
        }

        /** Whether it has its bytes, or the connection has ended. */
        public boolean isGranted() {
            return state.get() == GRANTED;
        }

        public int bytes() {
            return bytes;
        }
    }

    /** Takes the bytes if there is room, and no other waits for it. */
    public boolean tryTake(int bytes) {
        if (waiting.isEmpty() || closed) {
            long before = used.getAndAdd(bytes);
            if (fits(before, bytes)) {
                return true;
            }
            give(bytes);
        }
        return false;
    }

    /** How many bytes are taken. */
    public long used() {
        return used.get();
    }

    /** Takes the bytes, whether there is room or not. */
    public void take(int bytes) {
        used.addAndGet(bytes);
    }

    private boolean fits(long before, int bytes) {
        return before <= 0 || before + bytes <= bound || closed;
    }

    /** Queues up for the bytes. */
    public Place queueUp(int bytes) {
        Place place = new Place(bytes);
        waiting.add(place);
        grant();
        return place;
    }

    /** The owner of the place no longer wants its bytes. */
    public void leave(Place place) {
        if (!place.state.compareAndSet(Place.WAITING, Place.LEFT)) {
            waiting.remove(place);
            give(place.bytes);
        } else {
            waiting.remove(place);
            grant();
        }
    }

    /** Gives bytes back. */
    public void give(long bytes) {
        used.addAndGet(-bytes);
        if (!waiting.isEmpty()) {
            grant();
        }
    }

    /** Grants what could not be granted for want of memory; to be called now and then. */
    public void goOn() {
        if (!waiting.isEmpty()) {
            grant();
        }
    }

    /** One thread at a time grants; another that comes meanwhile leaves it the work. */
    private void grant() {
        if (granting.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                for (Place first = waiting.peek(); first != null && grant(first); first = waiting.peek()) {
                    waiting.remove(first);
                }
            } catch (VirtualMachineError | RejectedExecutionException again) {
                // to schedule a virtual thread takes memory; the place stays the first
            }
            seen = granting.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Whether the place is to wait no longer. */
    private boolean grant(Place first) {
        long before = used.get();
        while (first.state.get() == Place.WAITING && fits(before, first.bytes)) {
            if (used.compareAndSet(before, before + first.bytes)) {
                if (!first.state.compareAndSet(Place.WAITING, Place.GRANTED)) {
                    used.addAndGet(-first.bytes);
                }
                break;
            }
            before = used.get();
        }
        int state = first.state.get();
        if (state == Place.GRANTED) {
            wakeUp.accept(first.owner);
        }
        return state != Place.WAITING;
    }

    /** The connection has ended: there is room for all, who learn of it when they send. */
    public void close() {
        closed = true;
        grant();
    }
}
