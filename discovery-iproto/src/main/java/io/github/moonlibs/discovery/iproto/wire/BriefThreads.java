package io.github.moonlibs.discovery.iproto.wire;

import java.util.concurrent.Semaphore;

/**
 * Threads that connections need for a moment, to be established and to tell of their end. An interrupt ends whatever such a
 * thread waits for. The first ones at a time are platform threads, for two reasons. A virtual thread needs a carrier, and an
 * application may keep all carriers busy with computing. And it waits for a socket by way of threads of the JDK's, which a
 * lack of memory may end for good: then no virtual thread learns what comes from its socket any more. A client of very many
 * nodes has virtual threads for the rest.
 */
public final class BriefThreads {
    /** So many at a time are platform threads. */
    private static final int PLATFORM = 64;

    private static final Semaphore FREE = new Semaphore(PLATFORM);

    private BriefThreads() {}

    /** Starts one. */
    public static Thread start(String name, Runnable task) {
        if (FREE.tryAcquire()) {
            boolean started = false;
            try {
                Thread thread = ofPlatform(name, task);
                started = true;
                return thread;
            } catch (OutOfMemoryError none) {
                // the process may have no more platform threads
            } finally {
                if (!started) {
                    FREE.release();
                }
            }
        }
        return Thread.ofVirtual().name(name).start(task);
    }

    private static Thread ofPlatform(String name, Runnable task) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                task.run();
            } finally {
                FREE.release();
            }
        });
    }
}
