package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handler behind a bound interface: finds what was prepared for the method, and runs it. */
final class BoundClient implements InvocationHandler {
    private static final @Nullable Object[] NO_ARGUMENTS = {};

    private final Class<?> type;
    private final DiscoveryClient client;
    private final Map<Method, Operation> operations;

    BoundClient(Class<?> type, DiscoveryClient client, Map<Method, Operation> operations) {
        this.type = type;
        this.client = client;
        this.operations = Map.copyOf(operations);
    }

    @Override
    public @Nullable Object invoke(Object bound, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object[] given = arguments == null ? NO_ARGUMENTS : arguments;
        Operation operation = operations.get(method);
        return operation != null ? operation.invoke(bound, given) : ofObject(bound, method, given);
    }

    /** A proxy also passes these on, always as methods of {@link Object}. */
    @SuppressWarnings("ReferenceEquality") // equality of proxies is identity
    private Object ofObject(Object bound, Method method, @Nullable Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> bound == arguments[0];
            case "hashCode" -> System.identityHashCode(bound);
            default -> type.getName() + " bound to " + client;
        };
    }
}
