package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import java.lang.reflect.RecordComponent;
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

/** Checks whether a parameter can have an argument that can be sent. */
final class SendableTypes {
    private static final List<Class<?>> SENDABLE = List.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            String.class,
            UUID.class,
            Instant.class,
            OffsetDateTime.class,
            Interval.class,
            Extension.class,
            Optional.class,
            Enum.class,
            Record.class,
            Collection.class,
            Map.class);

    private SendableTypes() {}

    /** Reports the type, or a record's component, if all its values would be refused. */
    static void check(Class<?> type, String place, Consumer<String> problems) {
        check(type, place, problems, new HashSet<>());
    }

    private static void check(Class<?> type, String place, Consumer<String> problems, Set<Class<?>> seen) {
        if (!isSendable(type)) {
            problems.accept(place + ": cannot send " + type.getTypeName()
                    + "; expected a type of the arguments that DiscoveryClient's documentation lists");
        } else if (type.isRecord() && type != Interval.class && type != Extension.class && seen.add(type)) {
            for (RecordComponent component : type.getRecordComponents()) {
                check(component.getType(), place + "." + component.getName(), problems, seen);
            }
        }
    }

    private static boolean isSendable(Class<?> type) {
        if (type.isPrimitive()) {
            return type != char.class;
        }
        if (type.isArray()) {
            return isSendable(type.componentType());
        }
        // a value of an interface, or of a superclass of what can be sent, is checked when it is sent
        return type.isInterface()
                || SENDABLE.stream().anyMatch(one -> one.isAssignableFrom(type) || type.isAssignableFrom(one));
    }
}
