package io.github.moonlibs.discovery.iproto.codec.values;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a value is to become: a Java type, taken apart once. Immutable and thread-safe. */
public sealed interface Target {
    String EXPECTED = "expected a boolean, number, string, byte[], UUID, Instant, OffsetDateTime, Interval,"
            + " TarantoolError, Extension, enum, Optional, array, List, Set, Collection, Map, record or Object";

    /** Whatever the value is without a type. */
    record Any() implements Target {}

    /** A single value. */
    record Scalar(Class<?> type) implements Target {}

    /** An array as a {@link List}. */
    record ListOf(Target element) implements Target {}

    /** An array as a {@link Set} in the server's order. */
    record SetOf(Target element) implements Target {}

    /** An array as an array. */
    record ArrayOf(Class<?> component, Target element) implements Target {}

    /** A map as a {@link Map} in the server's order. */
    record MapOf(Target key, Target value) implements Target {}

    /** Nil as empty. */
    record OptionalOf(Target value) implements Target {}

    /** An array by position, or a map by name. Only the class: a record may contain itself. */
    record RecordOf(Class<?> type) implements Target {}

    /** A record's component that can be sent but not read. */
    record Unsupported(String reason) implements Target {}

    /** Takes a type apart; a {@link MismatchException} if no value can become it. */
    static Target of(Type type) {
        return switch (type) {
            case Class<?> plain -> ofClass(plain);
            case ParameterizedType generic -> ofGeneric(generic);
            case GenericArrayType array -> ofArray(array);
            case WildcardType wildcard -> of(wildcard.getUpperBounds()[0]);
            case TypeVariable<?> variable -> of(variable.getBounds()[0]);
            default -> throw unsupported(type);
        };
    }

    /** As {@link #of}, but what cannot be read is only complained of when it is to be read. */
    static Target ofComponent(Type type) {
        try {
            return of(type);
        } catch (MismatchException misfit) {
            return new Unsupported(String.valueOf(misfit.getMessage()));
        }
    }

    private static Target ofClass(Class<?> type) {
        if (type == Object.class) {
            return new Any();
        }
        if (type == List.class || type == Collection.class) {
            return new ListOf(new Any());
        }
        if (type == Set.class) {
            return new SetOf(new Any());
        }
        if (type == Map.class) {
            return new MapOf(new Any(), new Any());
        }
        if (type == Optional.class) {
            return new OptionalOf(new Any());
        }
        if (type.isRecord() && !Scalars.knows(type)) {
            return new RecordOf(type);
        }
        if (type.isArray() && type != byte[].class) {
            return new ArrayOf(type.componentType(), of(type.componentType()));
        }
        if (type.isEnum() || Scalars.knows(type)) {
            return new Scalar(type);
        }
        throw unsupported(type);
    }

    private static Target ofGeneric(ParameterizedType type) {
        Type[] arguments = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        if (raw == List.class || raw == Collection.class) {
            return new ListOf(of(arguments[0]));
        }
        if (raw == Set.class) {
            return new SetOf(of(arguments[0]));
        }
        if (raw == Map.class) {
            return new MapOf(of(arguments[0]), of(arguments[1]));
        }
        if (raw == Optional.class) {
            return new OptionalOf(of(arguments[0]));
        }
        throw unsupported(type);
    }

    private static Target ofArray(GenericArrayType type) {
        Target element = of(type.getGenericComponentType());
        Class<?> component = switch (element) {
            case ListOf list -> List.class;
            case SetOf set -> Set.class;
            case MapOf map -> Map.class;
            case OptionalOf optional -> Optional.class;
            default -> throw unsupported(type);
        };
        return new ArrayOf(component, element);
    }

    private static MismatchException unsupported(Type type) {
        return new MismatchException("cannot read " + type.getTypeName() + "; " + EXPECTED);
    }
}
