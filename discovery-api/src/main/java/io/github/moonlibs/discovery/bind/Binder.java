package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.PreparedMethod;
import io.github.moonlibs.discovery.WithOptions;
import io.github.moonlibs.discovery.types.Generics;
import io.github.moonlibs.discovery.types.Types;
import io.github.moonlibs.discovery.types.UnsupportedTypeException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Implements an interface by calls. Each method is read and checked once, when the interface is bound. */
public final class Binder {
    private final DiscoveryClient client;
    private final Class<?> type;
    private final Problems problems;
    private final CallOptions options;
    private final Types types;

    private Binder(DiscoveryClient client, Class<?> type) {
        this.client = client;
        this.type = type;
        this.problems = new Problems(type);
        this.types = Types.of(client.options());
        this.options = OptionsReader.read(
                client.options().callOptions(), type.getAnnotation(WithOptions.class), problems::add);
    }

    /**
     * Implements the interface.
     *
     * @throws IllegalArgumentException if it cannot be implemented; the message has everything that is wrong with it
     */
    public static <T> T bind(DiscoveryClient client, Class<T> type) {
        return type.cast(new Binder(client, type).bind());
    }

    private Object bind() {
        if (!type.isInterface() || type.isSealed() || type.isHidden()) {
            problems.add("expected an interface that is neither sealed nor hidden");
        }
        Map<Method, Operation> operations = new HashMap<>();
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
                if (!isOfObject(method)) {
                    operations.put(method, call(method));
                }
            } else {
                refuseAnnotations(method);
                if (method.isDefault()) {
                    operations.put(method, DefaultMethod.of(method, problems));
                }
            }
        }
        problems.throwIfAny();
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new BoundClient(type, client, operations));
    }

    /** An interface may redeclare the methods of Object, which are no calls. */
    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private void refuseAnnotations(Method method) {
        // a bridge method has the annotations of the method that it calls
        boolean annotated = name(method) != null || method.getAnnotation(WithOptions.class) != null;
        if (annotated && !method.isBridge()) {
            problems.add(
                    method, "expected @Method and @WithOptions on methods without a body, got them on one with a body");
        }
    }

    private Operation call(Method method) {
        String name = name(method);
        if (name == null) {
            problems.add(method, "expected @Method(\"name\") on it, or a body");
            // for the other checks alone
            name = method.getName();
        } else if (name.isEmpty()) {
            problems.add(method, "@Method: expected a name, got an empty string");
            name = method.getName();
        }
        Parameters parameters = Parameters.of(types, method, options(method), problems);
        if (isOfAllNodes(method.getGenericReturnType())) {
            return new CallOfAllNodes(client, name, parameters);
        }
        return new Call(client.method(name), parameters, reply(method, name));
    }

    private Reply reply(Method method, String name) {
        try {
            Type returned = Generics.seenFrom(type, method.getDeclaringClass(), method.getGenericReturnType());
            return Reply.as(name, returned, types, complaint -> problems.add(method, complaint));
        } catch (UnsupportedTypeException unknown) {
            problems.add(method, String.valueOf(unknown.getMessage()));
            return result -> null;
        }
    }

    private static @Nullable String name(Method method) {
        var annotation = method.getAnnotation(io.github.moonlibs.discovery.Method.class);
        return annotation == null ? null : annotation.value();
    }

    private CallOptions options(Method method) {
        WithOptions own = method.getAnnotation(WithOptions.class);
        return own == null
                ? options
                : OptionsReader.read(client.options().callOptions(), own, complaint -> problems.add(method, complaint));
    }

    private static boolean isOfAllNodes(Type type) {
        return type instanceof ParameterizedType generic
                && generic.getRawType() == List.class
                && generic.getActualTypeArguments()[0] == NodeReply.class;
    }

    private record Call(PreparedMethod prepared, Parameters parameters, Reply reply) implements Operation {
        @Override
        public @Nullable Object invoke(Object bound, @Nullable Object[] given) {
            return reply.of(prepared.call(parameters.arguments(given), parameters.options(given)));
        }
    }

    private record CallOfAllNodes(DiscoveryClient client, String name, Parameters parameters) implements Operation {
        @Override
        public Object invoke(Object bound, @Nullable Object[] given) {
            return client.callAll(name, parameters.arguments(given), parameters.options(given));
        }
    }
}
