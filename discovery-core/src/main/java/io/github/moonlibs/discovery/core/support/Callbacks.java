package io.github.moonlibs.discovery.core.support;

import org.jspecify.annotations.Nullable;

/**
 * Knows whether a thread is in code of the application's that a client has called: an observer, a predicate, a source. A client
 * that is closed there must not wait for that thread.
 */
public final class Callbacks {
    /** A callback that the thread is in, and those around it. */
    private record Frame(Object client, @Nullable Frame outer) {}

    private static final ThreadLocal<@Nullable Frame> FRAMES = new ThreadLocal<>();

    private Callbacks() {}

    /** Code of the application's or a plug-in's, which may throw what it likes. */
    @FunctionalInterface
    public interface Code<E extends Exception> {
        void run() throws E;
    }

    /** Runs code of the application's. */
    public static <E extends Exception> void run(Object client, Code<E> callback) throws E {
        Frame outer = FRAMES.get();
        FRAMES.set(new Frame(client, outer));
        try {
            callback.run();
        } finally {
            if (outer == null) {
                FRAMES.remove();
            } else {
                FRAMES.set(outer);
            }
        }
    }

    /** Whether the thread is in a callback of that client. */
    @SuppressWarnings("ReferenceEquality") // that very client, whatever it equals
    public static boolean isInside(Object client) {
        for (Frame frame = FRAMES.get(); frame != null; frame = frame.outer()) {
            if (frame.client() == client) {
                return true;
            }
        }
        return false;
    }
}
