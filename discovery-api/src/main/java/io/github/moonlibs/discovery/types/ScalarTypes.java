package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.UUID;

/** The classes whose values are single values on the wire. */
final class ScalarTypes {
    private static final Set<Class<?>> WHOLE =
            Set.of(Byte.class, Short.class, Integer.class, Long.class, BigInteger.class);

    private static final Set<Class<?>> KNOWN = Set.of(
            Boolean.class,
            Character.class,
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
            byte[].class,
            UUID.class,
            Instant.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            LocalDateTime.class,
            LocalDate.class,
            Duration.class,
            Period.class,
            Interval.class,
            TarantoolError.class,
            Extension.class);

    private ScalarTypes() {}

    static boolean isKnown(Class<?> type) {
        return KNOWN.contains(boxed(type));
    }

    /** A class above others may have objects of these. */
    static boolean mayBeSent(Class<?> type) {
        return type.isAssignableFrom(Enum.class)
                || type.isAssignableFrom(Record.class)
                || KNOWN.stream().anyMatch(boxed(type)::isAssignableFrom);
    }

    static boolean isWhole(Class<?> boxed) {
        return WHOLE.contains(boxed);
    }

    static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    }
}
