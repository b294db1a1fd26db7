package io.github.moonlibs.discovery.core;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import org.jspecify.annotations.Nullable;

/** Opens scopes on JDK 25's form of the preview API. */
final class StructuredScope25 implements Callable<TaskScope.Factory> {
    private static final Duration SHORTEST = Duration.ofNanos(1);

    StructuredScope25() {}

    @Override
    public TaskScope.Factory call() {
        return deadline -> new Scope(deadline == null ? null : deadline.remaining());
    }

    private static final class Scope implements TaskScope {
        private final StructuredTaskScope<Object, Void> scope;

        Scope(@Nullable Duration timeout) {
            scope = timeout == null
                    ? StructuredTaskScope.open(Joiner.awaitAll())
                    : StructuredTaskScope.open(
                            Joiner.awaitAll(), config -> config.withTimeout(timeout.isZero() ? SHORTEST : timeout));
        }

        @Override
        public void fork(String name, Runnable task) {
            scope.fork(TaskScopes.named(name, task));
        }

        @Override
        public boolean join() throws InterruptedException {
            try {
                scope.join();
                return true;
            } catch (StructuredTaskScope.TimeoutException e) {
                return false;
            }
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
