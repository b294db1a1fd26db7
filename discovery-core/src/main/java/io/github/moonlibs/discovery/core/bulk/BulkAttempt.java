package io.github.moonlibs.discovery.core.bulk;

import io.github.moonlibs.discovery.core.call.HedgeDelay;
import io.github.moonlibs.discovery.core.call.OpenAttempt;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** An attempt of one of many calls; as a runnable, its outcome's arrival. */
class BulkAttempt implements Runnable {
    private static final AtomicIntegerFieldUpdater<BulkAttempt> ARRIVED =
            AtomicIntegerFieldUpdater.newUpdater(BulkAttempt.class, "arrived");

    final BulkElement element;
    final OpenAttempt attempt;
    private final Arrivals arrivals;
    private volatile int arrived;

    /** The one that arrived before it. */
    @Nullable
    BulkAttempt next;

    /** How many have arrived with it. */
    int depth;

    // of the maker's thread

    /** Another one of the same call that has no outcome yet. */
    @Nullable
    BulkAttempt other;

    /** When the call's next hedge is due, as far as it goes by this attempt. */
    long hedgeAt = HedgeDelay.NEVER;

    boolean isOver;

    BulkAttempt(BulkElement element, OpenAttempt attempt, Arrivals arrivals) {
        this.element = element;
        this.attempt = attempt;
        this.arrivals = arrivals;
    }

    /** Whether the call's next hedge goes by this attempt, which may be over if another one is open. */
    boolean expectsHedge() {
        return element.underWay() > 0 && equals(element.toHedge);
    }

    /** Whether it has timed out, and only its reply is still welcome. */
    boolean isLate() {
        return attempt.isLate();
    }

    /** True once. */
    boolean arrive() {
        return arrived == 0 && ARRIVED.compareAndSet(this, 0, 1);
    }

    @Override
    public void run() {
        arrivals.add(this);
    }
}
