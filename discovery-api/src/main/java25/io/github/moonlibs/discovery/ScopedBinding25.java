package io.github.moonlibs.discovery;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds deadlines as scoped values (JEP 506): tasks forked in a StructuredTaskScope inherit them. */
final class ScopedBinding25 implements DeadlineBinding {
    // optional, because a scoped value has no null to fall back to
    private static final ScopedValue<Optional<Deadline>> BOUND = ScopedValue.newInstance();

    ScopedBinding25() {}

    @Override
    public @Nullable Deadline current() {
        return BOUND.orElse(Optional.empty()).orElse(null);
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(Deadline deadline, Task<T, X> task) throws X {
        return ScopedValue.where(BOUND, Optional.of(deadline)).call(task::call);
    }
}
