package io.github.moonlibs.discovery;

import org.jspecify.annotations.Nullable;

/** Binds deadlines to the thread. No other thread inherits them. */
final class ThreadBinding implements DeadlineBinding {
    private static final ThreadLocal<Deadline> BOUND = new ThreadLocal<>();

    ThreadBinding() {}

    @Override
    public @Nullable Deadline current() {
        return BOUND.get();
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(Deadline deadline, Task<T, X> task) throws X {
        Deadline outer = BOUND.get();
        BOUND.set(deadline);
        try {
            return task.call();
        } finally {
            if (outer == null) {
                BOUND.remove();
            } else {
                BOUND.set(outer);
            }
        }
    }
}
