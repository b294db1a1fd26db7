package io.github.moonlibs.discovery.iproto.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Buffers to send from, for as long as something is being sent: a connection that is idle has none. Those at rest lie in
 * a few slots.
 */
public final class Buffers {
    private static final int SIZE = 32 << 10;
    private static final int SLOTS = 16;
    private static final AtomicReferenceArray<@Nullable ByteBuffer> RESTING = new AtomicReferenceArray<>(SLOTS);

    private Buffers() {}

    /** An empty one. */
    public static ByteBuffer take() {
        ByteBuffer resting = RESTING.getAndSet(slot(), null);
        return resting == null ? ByteBuffer.allocateDirect(SIZE) : resting;
    }

    /** Takes an empty one back. */
    public static void give(ByteBuffer buffer) {
        RESTING.set(slot(), buffer);
    }

    private static int slot() {
        // threads on different carriers should rarely meet
        return (int) Thread.currentThread().threadId() & SLOTS - 1;
    }
}
