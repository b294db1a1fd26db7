package io.github.moonlibs.discovery.core.support;

import io.github.moonlibs.discovery.Deadline;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens scopes on JDK 21's form of the preview API. */
final class StructuredScope21 implements Callable<TaskScope.Factory> {
    StructuredScope21() {}

    @Override
    public TaskScope.Factory call() {
        return Scope::new;
    }

    private static final class Scope implements TaskScope {
        private final StructuredTaskScope<Object> scope;
        private final @Nullable Deadline deadline;

        Scope(@Nullable Deadline deadline, ThreadFactory threads) {
            scope = new StructuredTaskScope<>(null, threads);
            this.deadline = deadline;
        }

        @Override
        public void fork(String name, Runnable task) {
            Runnable named = TaskScopes.named(name, task);
            scope.fork(() -> {
                named.run();
                return null;
            });
        }

        @Override
        public boolean join() throws InterruptedException {
            if (deadline == null) {
                scope.join();
                return true;
            }
            try {
                // the API wants the wall clock, but turns it into a duration at once
                scope.joinUntil(Instant.now().plus(deadline.remaining()));
                return true;
            } catch (TimeoutException e) {
                // interrupts the tasks; wait for them to notice
                scope.shutdown();
                scope.join();
                return false;
            }
        }

        @Override
        public void close() {
            scope.shutdown();
            TaskScopes.uninterrupted(scope::join);
            scope.close();
        }
    }
}
