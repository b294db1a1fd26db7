package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A call that a virtual thread of its own waits for, on a connection that cannot send without waiting. */
final class ThreadedReply implements PendingReply {
    private final Thread owner = Thread.currentThread();
    private final Thread waiting;

    // written by the waiting thread, before it is done
    private @Nullable Result reply;
    private @Nullable RuntimeException failure;
    private volatile boolean done;

    ThreadedReply(Transport.Connection connection, String procedure, List<?> arguments, long timeoutNanos) {
        waiting = Thread.ofVirtual()
                .name("discovery-send " + procedure)
                .start(() -> run(connection, procedure, arguments, timeoutNanos));
    }

    private void run(Transport.Connection connection, String procedure, List<?> arguments, long timeoutNanos) {
        try {
            reply = connection.call(procedure, arguments, timeoutNanos);
        } catch (RuntimeException e) {
            failure = e;
        } catch (InterruptedException givenUp) {
            failure = new AttemptException(Kind.TIMEOUT, true, "no reply to " + procedure, givenUp);
        } finally {
            done = true;
            LockSupport.unpark(owner);
        }
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public Result result() {
        abandon();
        Result result = reply;
        if (result != null) {
            return result;
        }
        throw failure != null ? failure : new IllegalStateException("the thread of a request died: " + waiting);
    }

    @Override
    public void abandon() {
        if (done) {
            return;
        }
        waiting.interrupt();
        boolean interrupted = false;
        while (waiting.isAlive()) {
            try {
                waiting.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            owner.interrupt();
        }
    }
}
