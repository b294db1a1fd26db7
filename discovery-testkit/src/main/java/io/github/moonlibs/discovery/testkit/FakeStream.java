package io.github.moonlibs.discovery.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One stream of a connection: its requests are executed one after another, and a transaction stays open between them. */
final class FakeStream {
    /** Without a time of its own, a transaction lasts for as long. */
    private static final long FOREVER = TimeUnit.DAYS.toNanos(36_500);

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean isBusy;
    private boolean isOpen;
    private long expiry;

    /** Starts the request as soon as those before it have {@linkplain #ended ended}. */
    void start(Runnable request) {
        lock.lock();
        try {
            if (isBusy) {
                waiting.add(request);
                return;
            }
            isBusy = true;
        } finally {
            lock.unlock();
        }
        request.run();
    }

    /** The request that was started has ended. */
    void ended() {
        Runnable next;
        lock.lock();
        try {
            next = waiting.poll();
            isBusy = next != null;
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.run();
        }
    }

    /** Handles BEGIN, COMMIT or ROLLBACK as a server does. */
    void handle(FakeCall command) {
        FakeError refusal = refusal(command);
        if (refusal == null) {
            command.reply();
        } else {
            command.fail(refusal);
        }
    }

    private @Nullable FakeError refusal(FakeCall command) {
        lock.lock();
        try {
            return switch (command.code()) {
                case Packet.BEGIN ->
                    isOpen ? FakeError.of(79, "Operation is not permitted when there is an active transaction ") : null;
                case Packet.COMMIT ->
                    isOpen && isExpired() ? FakeError.of(231, "Transaction has been aborted by timeout") : null;
                default -> null;
            };
        } finally {
            lock.unlock();
        }
    }

    /** BEGIN, COMMIT or ROLLBACK was answered, by an error or not. */
    void answered(FakeCall command, boolean isError) {
        lock.lock();
        try {
            if (command.code() != Packet.BEGIN) {
                isOpen = false;
            } else if (!isError) {
                isOpen = true;
                expiry = System.nanoTime() + nanos(command.arguments().getFirst());
            }
        } finally {
            lock.unlock();
        }
    }

    private static long nanos(@Nullable Object time) {
        double seconds = time instanceof Number number ? number.doubleValue() : 0;
        return seconds > 0 ? (long) Math.min(seconds * TimeUnit.SECONDS.toNanos(1), (double) FOREVER) : FOREVER;
    }

    private boolean isExpired() {
        return expiry - System.nanoTime() <= 0;
    }

    /** Whether a transaction is open, and its time is not over. */
    boolean isOpen() {
        lock.lock();
        try {
            return isOpen && !isExpired();
        } finally {
            lock.unlock();
        }
    }
}
