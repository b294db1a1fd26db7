package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.Name;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How objects of a class are made of components, and taken apart again.
 *
 * @param constructor of an array of them
 * @param withDefaults of the arguments that {@link KotlinClass#arguments} makes, or null
 */
record Making(
        Class<?> type,
        List<Component> components,
        MethodHandle constructor,
        @Nullable MethodHandle withDefaults) {
    private static final MethodType OF_ARRAY = MethodType.methodType(Object.class, Object[].class);
    private static final MethodType OF_OBJECT = MethodType.methodType(Object.class, Object.class);

    /**
     * A component.
     *
     * @param declared as it is called in Java
     * @param name as the annotation says, or null
     * @param sentType what its getter returns
     * @param getter null if there is none
     */
    record Component(
            String declared,
            @Nullable String name,
            Type type,
            Class<?> sentType,
            @Nullable MethodHandle getter) {}

    /** Whether the class is the application's own, and can have objects. */
    static boolean isCandidate(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        boolean ofJdk = loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
        boolean inner = type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
        return !ofJdk
                && !inner
                && !type.isInterface()
                && !type.isArray()
                && !type.isAnonymousClass()
                && !Modifier.isAbstract(type.getModifiers())
                && !Throwable.class.isAssignableFrom(type);
    }

    /** @throws UnsupportedTypeException if no objects can be made of it; says why */
    static Making of(Class<?> type) {
        return type.isRecord() ? ofRecord(type) : ofClass(type);
    }

    private static Making ofRecord(Class<?> type) {
        List<Component> components = new ArrayList<>();
        RecordComponent[] declared = type.getRecordComponents();
        for (RecordComponent component : declared) {
            Name name = component.getAnnotation(Name.class);
            components.add(new Component(
                    component.getName(),
                    name == null ? null : name.value(),
                    component.getGenericType(),
                    component.getType(),
                    getter(component.getAccessor())));
        }
        try {
            Class<?>[] types =
                    Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return new Making(type, components, constructor(type.getDeclaredConstructor(types)), null);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("every record has a canonical constructor: " + type.getName(), e);
        }
    }

    private static Making ofClass(Class<?> type) {
        List<String> kotlin = KotlinClass.components(type);
        Constructor<?> primary = kotlin == null ? onlyConstructor(type) : KotlinClass.constructor(type, kotlin.size());
        Parameter[] parameters = primary.getParameters();
        Type[] types = primary.getGenericParameterTypes();
        List<Component> components = new ArrayList<>();
        for (int i = 0; i < parameters.length; i++) {
            Name name = parameters[i].getAnnotation(Name.class);
            String declared = kotlin != null ? kotlin.get(i) : declaredName(type, parameters[i], name);
            Method getter = getter(type, declared, parameters[i].getType());
            components.add(new Component(
                    declared,
                    name == null ? null : name.value(),
                    types.length == parameters.length ? types[i] : parameters[i].getType(),
                    getter == null ? Object.class : getter.getReturnType(),
                    getter == null ? null : getter(getter)));
        }
        Constructor<?> defaults = kotlin == null ? null : KotlinClass.withDefaults(type, primary);
        return new Making(type, components, constructor(primary), defaults == null ? null : constructor(defaults));
    }

    /** The one with parameters: the only public one, or the only one. */
    private static Constructor<?> onlyConstructor(Class<?> type) {
        List<Constructor<?>> all = Stream.of(type.getDeclaredConstructors())
                .filter(constructor -> constructor.getParameterCount() > 0 && !constructor.isSynthetic())
                .toList();
        List<Constructor<?>> open = all.stream()
                .filter(constructor -> Modifier.isPublic(constructor.getModifiers()))
                .toList();
        List<Constructor<?>> candidates = open.isEmpty() ? all : open;
        if (candidates.size() != 1) {
            throw new UnsupportedTypeException("cannot read " + TypeWords.named(type)
                    + "; expected a record or a class with one public constructor that has parameters, got one with "
                    + candidates.size());
        }
        return candidates.getFirst();
    }

    private static String declaredName(Class<?> type, Parameter parameter, @Nullable Name name) {
        if (parameter.isNamePresent()) {
            return parameter.getName();
        }
        if (name == null) {
            throw new UnsupportedTypeException(
                    "cannot read " + TypeWords.named(type) + ", because its class file does not name the constructor's"
                            + " parameters; expected one compiled with -parameters, @Name on each of them, or a record");
        }
        return name.value();
    }

    private static @Nullable Method getter(Class<?> type, String name, Class<?> of) {
        String capitalised = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        for (String candidate : List.of(name, "get" + capitalised, "is" + capitalised)) {
            for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
                Method found = Stream.of(owner.getDeclaredMethods())
                        .filter(method -> method.getName().equals(candidate)
                                && method.getParameterCount() == 0
                                && !Modifier.isStatic(method.getModifiers())
                                && !Modifier.isPrivate(method.getModifiers())
                                && fits(method.getReturnType(), of))
                        .findFirst()
                        .orElse(null);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** A getter may return an {@code Optional} of what the constructor takes, or a collection by another interface. */
    private static boolean fits(Class<?> returned, Class<?> parameter) {
        return ScalarTypes.boxed(parameter) == ScalarTypes.boxed(returned)
                || returned == Optional.class
                || returned.isAssignableFrom(parameter)
                || parameter.isAssignableFrom(returned);
    }

    private static MethodHandle getter(Method method) {
        try {
            return MethodHandles.lookup()
                    .unreflect(reachable(method, method.getDeclaringClass()))
                    .asType(OF_OBJECT);
        } catch (IllegalAccessException e) {
            throw new LinkageError("access was made sure of: " + method, e);
        }
    }

    private static MethodHandle constructor(Constructor<?> of) {
        try {
            return MethodHandles.lookup()
                    .unreflectConstructor(reachable(of, of.getDeclaringClass()))
                    .asFixedArity()
                    .asSpreader(Object[].class, of.getParameterCount())
                    .asType(OF_ARRAY);
        } catch (IllegalAccessException e) {
            throw new LinkageError("access was made sure of: " + of, e);
        }
    }

    private static <M extends AccessibleObject> M reachable(M member, Class<?> type) {
        if (!member.trySetAccessible()) {
            throw new UnsupportedTypeException("no access to " + type.getName() + "; expected \"opens "
                    + type.getPackageName() + " to " + Making.class.getModule().getName() + "\" in module "
                    + type.getModule().getName() + ", or a public class in an exported package");
        }
        return member;
    }
}
