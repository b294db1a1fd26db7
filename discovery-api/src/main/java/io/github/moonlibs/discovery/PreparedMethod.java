package io.github.moonlibs.discovery;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handle of one method of one client. It finds the nodes that serve the method without looking its name up at every
 * call, and may be kept for as long as the client is open. Immutable and thread-safe. The method need not be served yet; a
 * handle that is dropped leaves nothing behind.
 *
 * @see DiscoveryClient#method
 */
public interface PreparedMethod {
    /** The method's name, as announced. */
    String name();

    /** Calls it with the client's call options. */
    Result call(List<?> arguments);

    /** Calls it as {@link DiscoveryClient#call(String, List, CallOptions)} does. */
    Result call(List<?> arguments, CallOptions options);

    /** Calls it once with each of the argument lists, with the client's call options. */
    List<CallOutcome> callMany(List<? extends List<?>> arguments);

    /** Calls it as {@link DiscoveryClient#callMany(String, List, CallOptions)} does. */
    List<CallOutcome> callMany(List<? extends List<?>> arguments, CallOptions options);

    /** Calls it with the client's call options and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(List<?> arguments, Class<T> type) {
        return call(arguments).as(type);
    }

    /** Calls it as {@link DiscoveryClient#call(String, Class, Object...)} does. */
    default <T> @Nullable T call(Class<T> type, @Nullable Object @Nullable ... arguments) {
        return call(Varargs.list(arguments)).as(type);
    }

    /** Calls it and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(List<?> arguments, CallOptions options, Class<T> type) {
        return call(arguments, options).as(type);
    }

    /** Calls it with the client's call options and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(List<?> arguments, TypeRef<T> type) {
        return call(arguments).as(type);
    }

    /** Calls it as {@link DiscoveryClient#call(String, TypeRef, Object...)} does. */
    default <T> @Nullable T call(TypeRef<T> type, @Nullable Object @Nullable ... arguments) {
        return call(Varargs.list(arguments)).as(type);
    }

    /** Calls it and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(List<?> arguments, CallOptions options, TypeRef<T> type) {
        return call(arguments, options).as(type);
    }

    /** Calls it with the client's call options and returns the first value as the type, null for nil. */
    default @Nullable Object call(List<?> arguments, Type type) {
        return call(arguments).as(type);
    }

    /** Calls it and returns the first value as the type, null for nil. */
    default @Nullable Object call(List<?> arguments, CallOptions options, Type type) {
        return call(arguments, options).as(type);
    }
}
