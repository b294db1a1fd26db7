package io.github.moonlibs.discovery;

import org.jspecify.annotations.Nullable;

/**
 * Binds a deadline to a stretch of code: from JDK 25 on by a ScopedValue, in a class that only JDK 25 can compile; on older
 * JDKs, and in a build without that class, by a ThreadLocal.
 */
interface DeadlineBinding {
    /** Code that runs with a deadline. */
    @FunctionalInterface
    interface Task<T extends @Nullable Object, X extends Exception> {
        T call() throws X;
    }

    /** The innermost deadline that is bound; null if there is none. */
    @Nullable
    Deadline current();

    /** Calls the task with the deadline bound. */
    <T extends @Nullable Object, X extends Exception> T call(Deadline deadline, Task<T, X> task) throws X;

    /** The best kind that this JVM can run. */
    static DeadlineBinding best() {
        if (Runtime.version().feature() >= 25) {
            try {
                Class<?> variant = Class.forName(DeadlineBinding.class.getPackageName() + ".ScopedBinding25");
                return (DeadlineBinding) variant.getDeclaredConstructor().newInstance();
            } catch (ClassNotFoundException notCompiled) {
                return new ThreadBinding();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the binding of deadlines for JDK 25 is broken", e);
            }
        }
        return new ThreadBinding();
    }
}
