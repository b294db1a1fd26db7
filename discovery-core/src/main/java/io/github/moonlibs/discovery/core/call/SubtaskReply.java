package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A request on a connection that can only wait for its reply: a subtask waits, and unparks the caller when it is over. */
final class SubtaskReply implements PendingReply, Runnable {
    private final Connection connection;
    private final String method;
    private final List<?> arguments;
    private final long timeoutNanos;
    private final Thread caller = Thread.currentThread();

    // written by the subtask, before it is done
    private @Nullable Result reply;
    private @Nullable RuntimeException failure;
    private volatile boolean done;

    /** So that an interrupt meant for the request cannot come after it, when the thread serves something else. */
    private final ReentrantLock interrupting = new ReentrantLock();
    // guarded by the lock
    private @Nullable Thread waiting;
    private boolean givenUp;

    SubtaskReply(Connection connection, String method, List<?> arguments, long timeoutNanos) {
        this.connection = connection;
        this.method = method;
        this.arguments = arguments;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public void run() {
        try {
            if (begin()) {
                reply = connection.call(method, arguments, timeoutNanos);
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            // given up; the caller knows
        } catch (Error e) {
            failure = new IllegalStateException("a subtask of the call ended by an error", e);
        } finally {
            end();
            done = true;
            LockSupport.unpark(caller);
        }
    }

    private boolean begin() {
        interrupting.lock();
        try {
            waiting = Thread.currentThread();
            return !givenUp;
        } finally {
            interrupting.unlock();
        }
    }

    private void end() {
        interrupting.lock();
        try {
            waiting = null;
        } finally {
            interrupting.unlock();
        }
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public Result result() {
        if (!done) {
            abandon();
            throw timeout();
        }
        if (reply != null) {
            return reply;
        }
        throw failure != null ? failure : timeout();
    }

    private AttemptException timeout() {
        return new AttemptException(Kind.TIMEOUT, true, "no reply to " + SafeText.name(method) + " in time", null);
    }

    @Override
    public void abandon() {
        interrupting.lock();
        try {
            givenUp = true;
            if (waiting != null) {
                waiting.interrupt();
            }
        } finally {
            interrupting.unlock();
        }
    }
}
