package io.github.moonlibs.discovery.bind;

import org.jspecify.annotations.Nullable;

/** What a method of a bound interface does. Immutable and thread-safe. */
interface Operation {
    @Nullable
    Object invoke(Object bound, @Nullable Object[] arguments) throws Throwable;
}
