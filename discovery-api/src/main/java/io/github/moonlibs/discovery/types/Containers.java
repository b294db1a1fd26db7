package io.github.moonlibs.discovery.types;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How collections and maps are made of what was read. What is asked for by an interface that promises no order of its own is
 * unmodifiable and in the server's order; a class is made by its constructor without parameters.
 */
final class Containers {
    private Containers() {}

    /** Null if no collection of this class can be made. */
    static @Nullable Function<List<@Nullable Object>, Object> collection(Class<?> type) {
        if (type.isAssignableFrom(List.class)) {
            return Collections::unmodifiableList;
        }
        if (type == Set.class || type == SequencedSet.class) {
            return elements -> Collections.unmodifiableSequencedSet(new LinkedHashSet<>(elements));
        }
        if (type == SortedSet.class || type == NavigableSet.class) {
            return elements -> Collections.unmodifiableNavigableSet(new TreeSet<>(elements));
        }
        if (type == Queue.class || type == Deque.class) {
            return ArrayDeque::new;
        }
        MethodHandle constructor = Collection.class.isAssignableFrom(type) ? constructor(type) : null;
        return constructor == null ? null : elements -> filled(constructor, elements);
    }

    @SuppressWarnings("unchecked") // it was looked for among collections alone
    private static Object filled(MethodHandle constructor, List<@Nullable Object> elements) {
        Collection<@Nullable Object> made = (Collection<@Nullable Object>) made(constructor);
        made.addAll(elements);
        return made;
    }

    /** Null if no map of this class can be made. */
    static @Nullable Function<Map<@Nullable Object, @Nullable Object>, Object> map(Class<?> type) {
        if (type.isAssignableFrom(SequencedMap.class)) {
            return entries -> Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
        }
        if (type == SortedMap.class || type == NavigableMap.class) {
            return entries -> Collections.unmodifiableNavigableMap(new TreeMap<>(entries));
        }
        if (type == ConcurrentMap.class) {
            return ConcurrentHashMap::new;
        }
        MethodHandle constructor = Map.class.isAssignableFrom(type) ? constructor(type) : null;
        return constructor == null ? null : entries -> filled(constructor, entries);
    }

    @SuppressWarnings("unchecked") // it was looked for among maps alone
    private static Object filled(MethodHandle constructor, Map<@Nullable Object, @Nullable Object> entries) {
        Map<@Nullable Object, @Nullable Object> made = (Map<@Nullable Object, @Nullable Object>) made(constructor);
        made.putAll(entries);
        return made;
    }

    private static @Nullable MethodHandle constructor(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return null;
        }
        try {
            var constructor = type.getDeclaredConstructor();
            boolean reachable = Modifier.isPublic(type.getModifiers() & constructor.getModifiers())
                    || constructor.trySetAccessible();
            return reachable
                    ? MethodHandles.lookup()
                            .unreflectConstructor(constructor)
                            .asType(MethodType.methodType(Object.class))
                    : null;
        } catch (NoSuchMethodException | IllegalAccessException none) {
            return null;
        }
    }

    private static Object made(MethodHandle constructor) {
        try {
            return (Object) constructor.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }
}
