package io.github.moonlibs.discovery.core.limits;

import io.github.moonlibs.discovery.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the calls under way over the whole client, and refuses more once it is closing. The counts are striped, because
 * every call on every core passes here; the price is that a closing client has to look at it again and again.
 */
public final class CallsInFlight {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private volatile boolean closing;

    /** Counts a call in; false, and not counted, if the client is closing. */
    public boolean begin() {
        if (closing) {
            return false;
        }
        begun.increment();
        // a call that gets past this before it turns true is seen by the count that is taken afterwards
        if (closing) {
            ended.increment();
            return false;
        }
        return true;
    }

    public void end() {
        ended.increment();
    }

    /** Counts a call that ends without having sent anything. */
    public void endUnsent() {
        unsent.increment();
        end();
    }

    /** How many calls have begun over the client's whole life, without those that have ended and sent nothing. */
    public long sending() {
        long none = unsent.sum();
        return begun.sum() - none;
    }

    /** How many calls have begun and not ended. */
    public long underWay() {
        // in this order: a call that begins or ends meanwhile counts as under way
        long past = ended.sum();
        return begun.sum() - past;
    }

    public boolean isClosing() {
        return closing;
    }

    public void refuseMore() {
        closing = true;
    }

    /** Waits until no call is under way, the deadline comes, or the thread is interrupted. */
    public void awaitNone(Deadline deadline) {
        while (underWay() > 0
                && !deadline.isReached()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }
}
