package io.github.moonlibs.discovery.iproto.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks whether the loop is late, and ends what has no time left in its place. A caller parks without a timer and relies on
 * the loop; by the guard its wait has an end even while the loop is held up, in a logger say.
 */
final class LoopGuard implements Runnable {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final IoLoop loop;

    private LoopGuard(IoLoop loop) {
        this.loop = loop;
    }

    static void start(IoLoop loop) {
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("discovery-io-guard")
                    .inheritInheritableThreadLocals(false)
                    .start(new LoopGuard(loop));
        } catch (OutOfMemoryError noMoreThreads) {
            // then the loop goes without
        }
    }

    @Override
    public void run() {
        while (!loop.isOver()) {
            LockSupport.parkNanos(TICK);
            try {
                loop.guard(System.nanoTime(), TICK);
            } catch (Throwable noMemory) {
                // the next tick is soon
            }
        }
        loop.abandonRest();
    }
}
