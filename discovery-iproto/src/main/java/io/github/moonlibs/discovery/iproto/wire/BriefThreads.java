package io.github.moonlibs.discovery.iproto.wire;

import io.github.moonlibs.discovery.ClientOptions;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Threads that connections need for a moment, to be established. An interrupt ends what they wait for. */
public enum BriefThreads {
    /**
     * Platform threads, for two reasons. A virtual thread needs a carrier, and an application may keep all carriers busy with
     * computing. And it waits for a socket by way of threads of the JDK's, which a lack of memory may end for good: then no
     * virtual thread learns what comes from its socket any more. Beyond {@link #MOST} at a time they are virtual, because
     * clients of very many nodes connect to all of them at once.
     */
    PLATFORM {
        @Override
        public Thread start(String name, Runnable task) {
            Thread thread = FREE.tryAcquire() ? tryPlatform(name, task) : null;
            return thread == null ? VIRTUAL.start(name, task) : thread;
        }
    },

    /** Virtual threads, for code of the application's: an interrupt of a platform thread ends no read from a Socket. */
    VIRTUAL {
        @Override
        public Thread start(String name, Runnable task) {
            return Thread.ofVirtual().name(name).start(task);
        }
    };

    /** So many of a process at a time are platform threads. */
    private static final int MOST = 128;

    private static final Semaphore FREE = new Semaphore(MOST);

    static {
        // a process that has no thread left when it starts its first virtual one can never start any
        VIRTUAL.start("discovery-connect", () -> {});
    }

    /** Starts one. */
    public abstract Thread start(String name, Runnable task);

    /** Those that can run all that the options ask for. */
    public static BriefThreads of(ClientOptions options) {
        return isOwn(options.credentials()) && isOwn(options.ssl()) ? PLATFORM : VIRTUAL;
    }

    /** Whether the supplier is of this library, whose own ones don't wait for sockets. */
    private static boolean isOwn(@Nullable Supplier<?> supplier) {
        return supplier == null || supplier.getClass().getPackageName().equals(ClientOptions.class.getPackageName());
    }

    /** A platform thread that gives its permit back; null if there are no more of them in the process. */
    private static @Nullable Thread tryPlatform(String name, Runnable task) {
        boolean started = false;
        try {
            Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> {
                try {
                    task.run();
                } finally {
                    FREE.release();
                }
            });
            started = true;
            return thread;
        } catch (OutOfMemoryError none) {
            return null;
        } finally {
            if (!started) {
                FREE.release();
            }
        }
    }
}
