package io.github.moonlibs.discovery.iproto.loop;

import org.jspecify.annotations.Nullable;

/**
 * Work that a thread has begun and cannot go on with. It is handed to the {@link IoLoop}, never to a thread that may be
 * pinned or without a carrier. One at a time has it, so that it can be in the loop's queue at most once.
 */
public abstract class Duty {
    /** The one that was handed over before, while this one is in the queue. */
    @Nullable
    Duty next;

    /** Goes on with the work, on the loop's thread. Must not block. */
    protected abstract void resume();
}
