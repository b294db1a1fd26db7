package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Checks whether values can be read as a type, down to the components of records. */
final class ReadableTypes {
    private static final Set<Class<?>> SCALARS = Set.of(
            Object.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Number.class,
            BigInteger.class,
            BigDecimal.class,
            String.class,
            UUID.class,
            Instant.class,
            OffsetDateTime.class,
            Interval.class,
            TarantoolError.class,
            Extension.class);

    private static final Set<Class<?>> CONTAINERS =
            Set.of(List.class, Collection.class, Set.class, Map.class, Optional.class);

    private final Consumer<String> problems;
    private final Set<Class<?>> seen = new HashSet<>();

    private ReadableTypes(Consumer<String> problems) {
        this.problems = problems;
    }

    /** Reports each type, among the type itself and the components of its records, that no value can be read as. */
    static void check(Type type, Consumer<String> problems) {
        new ReadableTypes(problems).check(type, "");
    }

    private void check(Type type, String place) {
        switch (type) {
            case Class<?> plain -> checkClass(plain, place);
            case ParameterizedType generic
            when CONTAINERS.contains(generic.getRawType()) -> {
                for (Type argument : generic.getActualTypeArguments()) {
                    check(argument, place);
                }
            }
            case GenericArrayType array -> check(array.getGenericComponentType(), place);
            case WildcardType wildcard -> check(wildcard.getUpperBounds()[0], place);
            case TypeVariable<?> variable -> check(variable.getBounds()[0], place);
            default -> report(type, place);
        }
    }

    private void checkClass(Class<?> type, String place) {
        if (type.isArray()) {
            check(type.componentType(), place);
        } else if (type.isRecord() && !SCALARS.contains(type)) {
            checkRecord(type, place);
        } else if (!isReadable(type)) {
            report(type, place);
        }
    }

    private static boolean isReadable(Class<?> type) {
        return type.isPrimitive()
                ? type != char.class && type != void.class
                : type.isEnum() || SCALARS.contains(type) || CONTAINERS.contains(type);
    }

    private void checkRecord(Class<?> type, String place) {
        if (seen.add(type)) {
            String of = place.isEmpty() ? type.getSimpleName() : place;
            for (RecordComponent component : type.getRecordComponents()) {
                check(component.getGenericType(), of + "." + component.getName());
            }
        }
    }

    private void report(Type type, String place) {
        problems.accept((place.isEmpty() ? "" : place + ": ") + "cannot read " + type.getTypeName()
                + "; expected a type that Result's documentation lists");
    }
}
