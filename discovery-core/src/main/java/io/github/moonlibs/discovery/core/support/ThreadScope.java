package io.github.moonlibs.discovery.core.support;

import io.github.moonlibs.discovery.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** A scope of plain threads, for JVMs without preview classes. */
public final class ThreadScope implements TaskScope {
    private final @Nullable Deadline deadline;
    private final ThreadFactory factory;
    private final List<Thread> threads = new ArrayList<>();

    public ThreadScope(@Nullable Deadline deadline, ThreadFactory factory) {
        this.deadline = deadline;
        this.factory = factory;
    }

    @Override
    public void fork(String name, Runnable task) {
        // a long-lived scope must not remember every thread that it ever had
        threads.removeIf(thread -> !thread.isAlive());
        Thread thread = factory.newThread(TaskScopes.named(name, task));
        // first: a task that is not known would never be waited for, and what forks it again would have two of it
        threads.add(thread);
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                threads.remove(thread);
            }
        }
    }

    @Override
    public boolean join() throws InterruptedException {
        for (Thread thread : threads) {
            if (deadline == null) {
                thread.join();
            } else if (!thread.join(deadline.remaining())) {
                close();
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        threads.forEach(thread -> TaskScopes.uninterrupted(thread::join));
    }
}
