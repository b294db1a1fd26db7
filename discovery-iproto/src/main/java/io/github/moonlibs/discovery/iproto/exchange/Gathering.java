package io.github.moonlibs.discovery.iproto.exchange;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The moment that a thread leaves to others before it sends, so that their requests share its write. The thread may lose
 * its carrier meanwhile. So the moment is ended by whichever thread comes first: that one sends.
 */
public final class Gathering {
    private enum Moment {
        NONE,
        /** A thread lets others run. */
        NOW,
        /** There was one since the loop looked last. */
        LATELY
    }

    private final AtomicReference<Moment> moment = new AtomicReference<>(Moment.NONE);

    /** The current thread has the duty to send, and leaves a moment to others: it has to {@link #end} it, or the loop does. */
    public void begin() {
        moment.set(Moment.NOW);
    }

    /** Ends the moment; true if the current thread is the one that does, and has to send. */
    public boolean end() {
        return moment.get() == Moment.NOW && moment.compareAndSet(Moment.NOW, Moment.LATELY);
    }

    /** Whether there was a moment since this was asked last; for one thread. */
    public boolean wasLately() {
        return moment.get() == Moment.LATELY && moment.compareAndSet(Moment.LATELY, Moment.NONE);
    }
}
