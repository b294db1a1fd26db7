package io.github.moonlibs.discovery.core.support;

import io.github.moonlibs.discovery.Deadline;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A block whose tasks run at the same time, each on a thread of its own, and all end before it does. Used by the thread
 * that opened it, and by no other.
 *
 * <p>The JDK's StructuredTaskScope is this, but as a preview API whose form changes from release to release. It serves
 * where its variant can be loaded ({@link TaskScopes}); elsewhere plain threads behave the same.
 */
public interface TaskScope extends AutoCloseable {
    /** Starts a task. What it throws is logged and ends nothing but the task. */
    void fork(String name, Runnable task);

    /**
     * Waits for every task, and interrupts those that have not ended by the scope's deadline.
     *
     * @return whether all of them ended by themselves
     * @throws InterruptedException if the thread was interrupted; {@link #close} then interrupts the tasks
     */
    boolean join() throws InterruptedException;

    /** Interrupts the tasks that still run and waits for them. */
    @Override
    void close();

    /** Opens scopes of one kind. */
    interface Factory {
        /**
         * Opens a scope; by the deadline, if there is one, its tasks are interrupted.
         *
         * @param threads makes the threads, each of which is started at once
         */
        TaskScope open(@Nullable Deadline deadline, ThreadFactory threads);

        /** Opens a scope whose tasks run on virtual threads. */
        default TaskScope open(@Nullable Deadline deadline) {
            return open(deadline, Thread.ofVirtual().factory());
        }
    }
}
