package io.github.moonlibs.discovery.core.support;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Opens scopes on JDK 25's form of the preview API. */
final class StructuredScope25 implements Callable<TaskScope.Factory> {
    private static final Duration SHORTEST = Duration.ofNanos(1);

    StructuredScope25() {}

    @Override
    public TaskScope.Factory call() {
        return (deadline, threads) -> new Scope(deadline == null ? null : deadline.remaining(), threads);
    }

    /** Waits for all tasks, and lets the owner cancel them before it has waited. */
    private static final class CancellableJoiner implements Joiner<Object, @Nullable Void> {
        private volatile boolean cancelled;

        @Override
        public boolean onFork(Subtask<? extends Object> subtask) {
            return cancelled;
        }

        @Override
        public @Nullable Void result() {
            return null;
        }
    }

    private static final class Scope implements TaskScope {
        private final CancellableJoiner joiner = new CancellableJoiner();
        private final StructuredTaskScope<Object, @Nullable Void> scope;
        private boolean joined = true;

        Scope(@Nullable Duration timeout, ThreadFactory threads) {
            scope = StructuredTaskScope.open(joiner, config -> {
                var withThreads = config.withThreadFactory(threads);
                return timeout == null ? withThreads : withThreads.withTimeout(timeout.isZero() ? SHORTEST : timeout);
            });
        }

        @Override
        public void fork(String name, Runnable task) {
            joined = false;
            scope.fork(TaskScopes.named(name, task));
        }

        @Override
        public boolean join() throws InterruptedException {
            joined = true;
            try {
                scope.join();
                return true;
            } catch (StructuredTaskScope.TimeoutException e) {
                return false;
            }
        }

        @Override
        public void close() {
            if (!joined) {
                // the API lets no owner close a scope that it has not joined, and has no other way to cancel one
                joiner.cancelled = true;
                scope.fork(() -> {});
                TaskScopes.uninterrupted(this::join);
            }
            scope.close();
        }
    }
}
