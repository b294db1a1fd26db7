package io.github.moonlibs.discovery.iproto.codec.values;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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

    /**
     * An array by position, or a map by name. Only the class: a record may contain itself.
     *
     * @param arguments what its type parameters stand for; none if it has none, or is used without
     */
    record RecordOf(Class<?> type, List<Target> arguments) implements Target {}

    /** A record's component that can be sent but not read. */
    record Unsupported(String reason) implements Target {}

    /** Takes a type apart; a {@link MismatchException} if no value can become it. */
    static Target of(Type type) {
        return of(type, Map.of());
    }

    /**
     * What a value is to be read into, for a type of the application's.
     *
     * @param variables what they stand for; one that is missing stands for its bound
     */
    static Target of(Type type, Map<TypeVariable<?>, Target> variables) {
        return switch (type) {
            case Class<?> plain -> ofClass(plain);
            case ParameterizedType generic -> ofGeneric(generic, variables);
            case GenericArrayType array -> ofArray(array, variables);
            case WildcardType wildcard -> of(wildcard.getUpperBounds()[0], variables);
            case TypeVariable<?> variable -> ofVariable(variable, variables);
            default -> throw unsupported(type);
        };
    }

    /** As {@link #of}, but what cannot be read is only complained of when it is to be read. */
    static Target ofComponent(Type type, Map<TypeVariable<?>, Target> variables) {
        try {
            return of(type, variables);
        } catch (MismatchException misfit) {
            return new Unsupported(String.valueOf(misfit.getMessage()));
        }
    }

    private static Target ofVariable(TypeVariable<?> variable, Map<TypeVariable<?>, Target> variables) {
        Target known = variables.get(variable);
        if (known != null) {
            return known;
        }
        // within its own bound it stands for something that has no end
        Map<TypeVariable<?>, Target> inBound = new HashMap<>(variables);
        inBound.put(
                variable, new Unsupported("cannot read " + variable + ", whose bound contains itself; " + EXPECTED));
        Target bound = of(variable.getBounds()[0], inBound);
        if (containsUnsupported(bound)) {
            throw unsupported(variable);
        }
        return bound;
    }

    private static boolean containsUnsupported(Target target) {
        return switch (target) {
            case Unsupported refused -> true;
            case ListOf(Target element) -> containsUnsupported(element);
            case SetOf(Target element) -> containsUnsupported(element);
            case ArrayOf array -> containsUnsupported(array.element());
            case MapOf(Target key, Target value) -> containsUnsupported(key) || containsUnsupported(value);
            case OptionalOf(Target value) -> containsUnsupported(value);
            case RecordOf of -> of.arguments().stream().anyMatch(Target::containsUnsupported);
            case Any any -> false;
            case Scalar scalar -> false;
        };
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
            return new RecordOf(type, List.of());
        }
        if (type.isArray() && type != byte[].class) {
            return new ArrayOf(type.componentType(), of(type.componentType()));
        }
        if (type.isEnum() || Scalars.knows(type)) {
            return new Scalar(type);
        }
        throw unsupported(type);
    }

    private static Target ofGeneric(ParameterizedType type, Map<TypeVariable<?>, Target> variables) {
        Type[] arguments = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        if (raw == List.class || raw == Collection.class) {
            return new ListOf(of(arguments[0], variables));
        }
        if (raw == Set.class) {
            return new SetOf(of(arguments[0], variables));
        }
        if (raw == Map.class) {
            return new MapOf(of(arguments[0], variables), of(arguments[1], variables));
        }
        if (raw == Optional.class) {
            return new OptionalOf(of(arguments[0], variables));
        }
        if (raw.isRecord()) {
            return new RecordOf(
                    raw,
                    Arrays.stream(arguments)
                            .map(argument -> of(argument, variables))
                            .toList());
        }
        throw unsupported(type);
    }

    private static Target ofArray(GenericArrayType type, Map<TypeVariable<?>, Target> variables) {
        Target element = of(type.getGenericComponentType(), variables);
        return new ArrayOf(component(element, type), element);
    }

    private static Class<?> component(Target element, Type of) {
        return switch (element) {
            case Any any -> Object.class;
            case Scalar(Class<?> type) -> type;
            case ListOf list -> List.class;
            case SetOf set -> Set.class;
            case ArrayOf array -> array.component().arrayType();
            case MapOf map -> Map.class;
            case OptionalOf optional -> Optional.class;
            case RecordOf record -> record.type();
            case Unsupported refused -> throw unsupported(of);
        };
    }

    private static MismatchException unsupported(Type type) {
        return new MismatchException("cannot read " + type.getTypeName() + "; " + EXPECTED);
    }
}
