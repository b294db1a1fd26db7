package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of one call of {@link DiscoveryClient#callMany}. Immutable and thread-safe.
 *
 * @param result what the procedure returned; null if the call did not succeed
 * @param failure why it did not, null if it did: a {@link CallException}, or what else {@link DiscoveryClient#call} would
 *     have thrown, as an {@link IllegalArgumentException} if an argument cannot be sent
 */
public record CallOutcome(@Nullable Result result, @Nullable RuntimeException failure) {

    /**
     * The first value as the class, null for nil and for nothing.
     *
     * @throws RuntimeException if the call did not succeed: {@link #failure}
     * @throws ConversionException if the value does not fit the class
     */
    public <T> @Nullable T as(Class<T> type) {
        return orThrow().as(type);
    }

    /** The first value as the type; otherwise like {@link #as(Class)}. */
    public <T> @Nullable T as(TypeRef<T> type) {
        return orThrow().as(type);
    }

    /** The first value as the type; otherwise like {@link #as(Class)}. */
    public @Nullable Object as(Type type) {
        return orThrow().as(type);
    }

    /**
     * What the procedure returned.
     *
     * @throws RuntimeException if the call did not succeed: {@link #failure}
     */
    public Result orThrow() {
        if (failure != null) {
            throw failure;
        }
        return Objects.requireNonNull(result);
    }

    /** The result or the failure in one line; a long one is cut. */
    @Override
    public String toString() {
        return SafeText.name(String.valueOf(failure != null ? failure.getMessage() : result));
    }
}
