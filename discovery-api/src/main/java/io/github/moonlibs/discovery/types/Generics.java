package io.github.moonlibs.discovery.types;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Types with their variables replaced: what remains are classes, generic ones with arguments, and arrays. */
public final class Generics {
    private Generics() {}

    private record Parameterized(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }

        @Override
        public String toString() {
            return arguments.stream()
                    .map(Type::getTypeName)
                    .collect(Collectors.joining(", ", raw.getName() + "<", ">"));
        }
    }

    private record ArrayOf(Type component) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String toString() {
            return component.getTypeName() + "[]";
        }
    }

    /** The class with these arguments. */
    public static Type parameterized(Class<?> raw, Type... arguments) {
        return new Parameterized(raw, List.of(arguments));
    }

    /** The class of a resolved type. */
    static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            case GenericArrayType array -> raw(array.getGenericComponentType()).arrayType();
            default -> throw new AssertionError("not resolved: " + type);
        };
    }

    /**
     * The type without variables and wildcards, which stand for their bounds where nothing else is known of them.
     *
     * @throws UnsupportedTypeException if a variable's bound contains the variable, so that there is no end
     */
    static Type resolve(Type type, Map<TypeVariable<?>, Type> variables) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic ->
                new Parameterized(
                        (Class<?>) generic.getRawType(),
                        Arrays.stream(generic.getActualTypeArguments())
                                .map(argument -> resolve(argument, variables))
                                .toList());
            case GenericArrayType array -> array(resolve(array.getGenericComponentType(), variables));
            case WildcardType wildcard -> resolve(wildcard.getUpperBounds()[0], variables);
            case TypeVariable<?> variable -> resolveVariable(variable, variables);
            default -> throw new UnsupportedTypeException("cannot read " + type.getTypeName());
        };
    }

    private static Type array(Type component) {
        return component instanceof Class<?> plain ? plain.arrayType() : new ArrayOf(component);
    }

    /** Within its own bound a variable stands for something that has no end; it stands for itself there. */
    private static Type resolveVariable(TypeVariable<?> variable, Map<TypeVariable<?>, Type> variables) {
        Type known = variables.get(variable);
        if (known == null) {
            Map<TypeVariable<?>, Type> inBound = new HashMap<>(variables);
            inBound.put(variable, variable);
            return resolve(variable.getBounds()[0], inBound);
        }
        if (known instanceof TypeVariable<?>) {
            throw new UnsupportedTypeException(
                    "cannot read " + variable + ", whose bound contains itself; " + Target.EXPECTED);
        }
        return known;
    }

    /** What the variables of a resolved type stand for; those of a class that is used without arguments are left out. */
    static Map<TypeVariable<?>, Type> variables(Type resolved) {
        Map<TypeVariable<?>, Type> variables = new HashMap<>();
        if (resolved instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            TypeVariable<?>[] parameters = raw(generic).getTypeParameters();
            for (int i = 0; i < parameters.length; i++) {
                variables.put(parameters[i], arguments[i]);
            }
        }
        return variables;
    }

    /**
     * The type's arguments as one of its supertypes has them: {@code String} for a class that extends {@code
     * ArrayList<String>} seen as a {@code Collection}.
     */
    static List<Type> argumentsAs(Class<?> supertype, Type resolved) {
        Type found = as(supertype, resolved);
        if (found instanceof ParameterizedType generic) {
            return List.of(generic.getActualTypeArguments());
        }
        return Arrays.stream(supertype.getTypeParameters())
                .map(unknown -> (Type) Object.class)
                .toList();
    }

    private static @Nullable Type as(Class<?> supertype, Type resolved) {
        Class<?> raw = raw(resolved);
        if (raw == supertype) {
            return resolved;
        }
        Map<TypeVariable<?>, Type> variables = variables(resolved);
        for (Type parent : raw.getGenericInterfaces()) {
            if (supertype.isAssignableFrom(raw(parent))) {
                return as(supertype, resolve(parent, variables));
            }
        }
        Type parent = raw.getGenericSuperclass();
        return parent == null || !supertype.isAssignableFrom(raw(parent))
                ? null
                : as(supertype, resolve(parent, variables));
    }

    /** Whether the class is in a resolved type. */
    static boolean mentions(Type resolved, Class<?> type) {
        return switch (resolved) {
            case ParameterizedType generic ->
                generic.getRawType() == type
                        || Arrays.stream(generic.getActualTypeArguments()).anyMatch(each -> mentions(each, type));
            case GenericArrayType array -> mentions(array.getGenericComponentType(), type);
            default -> raw(resolved) == type;
        };
    }

    /**
     * The type that a method of an interface mentions, as a subinterface has it: {@code User} for a method that returns
     * {@code T}, if the subinterface extends {@code Crud<User>}.
     *
     * @throws UnsupportedTypeException if that leaves a variable that stands for nothing
     */
    public static Type seenFrom(Class<?> subinterface, Class<?> declaring, Type type) {
        Type declared = as(declaring, subinterface);
        Map<TypeVariable<?>, Type> variables = declared == null ? Map.of() : variables(declared);
        TypeVariable<?> unknown = unknown(type, variables);
        if (unknown != null) {
            throw new UnsupportedTypeException("cannot read " + TypeWords.named(type) + "; expected a type for "
                    + unknown.getName() + ", which interfaces give that extend this one");
        }
        return resolve(type, variables);
    }

    private static @Nullable TypeVariable<?> unknown(Type type, Map<TypeVariable<?>, Type> variables) {
        return switch (type) {
            case TypeVariable<?> variable -> variables.containsKey(variable) ? null : variable;
            case GenericArrayType array -> unknown(array.getGenericComponentType(), variables);
            case WildcardType wildcard -> unknown(wildcard.getUpperBounds()[0], variables);
            case ParameterizedType generic -> {
                for (Type argument : generic.getActualTypeArguments()) {
                    TypeVariable<?> unknown = unknown(argument, variables);
                    if (unknown != null) {
                        yield unknown;
                    }
                }
                yield null;
            }
            default -> null;
        };
    }
}
