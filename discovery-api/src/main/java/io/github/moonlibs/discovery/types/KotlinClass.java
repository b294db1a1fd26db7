package io.github.moonlibs.discovery.types;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Kotlin's data classes as their class files show them. The compiler does not name the constructor's parameters there, but
 * each is a property: {@code component1()} to {@code componentN()} return them, and their fields come first, in the same
 * order. A constructor whose parameters have defaults has a second one, which also takes a bit for each that is to have
 * its default, and a marker.
 */
final class KotlinClass {
    private static final String METADATA = "kotlin.Metadata";
    private static final String MARKER = "kotlin.jvm.internal.DefaultConstructorMarker";

    private KotlinClass() {}

    /** The names of its components, in order; null if it is no data class. */
    static @Nullable List<String> components(Class<?> type) {
        boolean kotlin = Stream.of(type.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().getName().equals(METADATA));
        if (!kotlin || method(type, "component1") == null) {
            return null;
        }
        List<Field> fields = Stream.of(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
                .toList();
        List<String> names = new ArrayList<>();
        for (Method component = method(type, "component1");
                component != null && names.size() < fields.size();
                component = method(type, "component" + (names.size() + 1))) {
            names.add(fields.get(names.size()).getName());
        }
        return names;
    }

    private static @Nullable Method method(Class<?> type, String name) {
        try {
            return type.getDeclaredMethod(name);
        } catch (NoSuchMethodException none) {
            return null;
        }
    }

    /** The primary constructor: the one with the types of the components. */
    static Constructor<?> constructor(Class<?> type, int components) {
        Class<?>[] types = new Class<?>[components];
        for (int i = 0; i < components; i++) {
            Method component = method(type, "component" + (i + 1));
            types[i] = component == null ? Object.class : component.getReturnType();
        }
        try {
            return type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new UnsupportedTypeException("cannot read " + TypeWords.named(type)
                    + "; expected a data class whose constructor takes its components alone");
        }
    }

    /** The constructor that knows the defaults; null if there are none. */
    static @Nullable Constructor<?> withDefaults(Class<?> type, Constructor<?> primary) {
        int components = primary.getParameterCount();
        return Stream.of(type.getDeclaredConstructors())
                .filter(constructor -> {
                    Class<?>[] types = constructor.getParameterTypes();
                    return types.length == components + masks(components) + 1
                            && types[types.length - 1].getName().equals(MARKER)
                            && Arrays.equals(Arrays.copyOf(types, components), primary.getParameterTypes());
                })
                .findFirst()
                .orElse(null);
    }

    private static int masks(int components) {
        return (components + Integer.SIZE - 1) / Integer.SIZE;
    }

    /** What that constructor takes: a value for each component, a zero where it is to have its default. */
    static @Nullable Object[] arguments(@Nullable Object[] components, boolean[] sent, Target[] targets) {
        int masks = masks(components.length);
        @Nullable Object[] arguments = Arrays.copyOf(components, components.length + masks + 1);
        int[] mask = new int[masks];
        for (int i = 0; i < components.length; i++) {
            if (!sent[i]) {
                mask[i / Integer.SIZE] |= 1 << i;
                arguments[i] = targets[i] instanceof Target.Scalar(Class<?> type) ? zero(type) : null;
            }
        }
        for (int i = 0; i < masks; i++) {
            arguments[components.length + i] = mask[i];
        }
        return arguments;
    }

    private static @Nullable Object zero(Class<?> type) {
        return type.isPrimitive() ? java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0) : null;
    }
}
