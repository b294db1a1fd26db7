package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one node answered to {@link DiscoveryClient#callAll}. Immutable and thread-safe.
 *
 * @param node the node that was called
 * @param duration how long it took
 * @param result what it returned; null if it failed
 * @param failure why it failed; null if it did not
 */
public record NodeReply(
        Instance node,
        Duration duration,
        @Nullable Result result,
        @Nullable AttemptException failure) {

    /**
     * The first value as the class, null for nil and for nothing.
     *
     * @throws AttemptException if the node failed: {@link #failure}
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
     * What the node returned.
     *
     * @throws AttemptException if it failed: {@link #failure}
     */
    public Result orThrow() {
        if (failure != null) {
            throw failure;
        }
        return Objects.requireNonNull(result);
    }

    /** Node, result or failure, and duration in one line; a long result or message is cut. */
    @Override
    public String toString() {
        Object outcome = failure != null ? failure.summary() : result;
        return node + ": " + SafeText.name(String.valueOf(outcome)) + " after " + Attempt.millis(duration);
    }
}
