package io.github.moonlibs.discovery;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of a call with a variable number of them. */
final class Varargs {
    private Varargs() {}

    /** A list of them, which may hold nulls. The compiler passes a lone {@code null} as no array at all. */
    static List<@Nullable Object> list(@Nullable Object @Nullable [] arguments) {
        return arguments == null ? Collections.singletonList(null) : Arrays.asList(arguments);
    }
}
