package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.Name;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The constants of enums by their names on the servers. */
public final class EnumNames {
    private record Names(Map<String, Object> constants, Map<Object, String> names) {}

    private static final ClassValue<Names> NAMES = new ClassValue<>() {
        @Override
        protected Names computeValue(Class<?> type) {
            return names(type);
        }
    };

    private EnumNames() {}

    private static Names names(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        Map<Object, String> names = new HashMap<>();
        for (Object constant : type.getEnumConstants()) {
            String name = name(type, ((Enum<?>) constant).name());
            Object other = constants.putIfAbsent(name, constant);
            if (other != null) {
                throw new UnsupportedTypeException("the constants " + other + " and " + constant + " of "
                        + TypeWords.named(type) + " have the same name \"" + name + "\"");
            }
            names.put(constant, name);
        }
        return new Names(Collections.unmodifiableMap(constants), Map.copyOf(names));
    }

    private static String name(Class<?> type, String declared) {
        try {
            Name other = type.getField(declared).getAnnotation(Name.class);
            return other == null ? declared : other.value();
        } catch (NoSuchFieldException e) {
            throw new LinkageError("every constant is a field: " + type.getName() + "." + declared, e);
        }
    }

    /** The constants by name, in their order. */
    public static Map<String, Object> of(Class<?> type) {
        return NAMES.get(type).constants();
    }

    /** What a constant is called. */
    public static String of(Enum<?> constant) {
        return Objects.requireNonNull(
                NAMES.get(constant.getDeclaringClass()).names().get(constant));
    }
}
