package io.github.moonlibs.discovery.plugins;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** Finds the implementations of an interface of this library. */
public final class Services {
    private Services() {}

    /**
     * The implementations that this library's own class loader sees, and then those that the thread's context class loader
     * sees besides. A thread of a pool may have one that knows nothing of this library, or another copy of it.
     */
    public static <S> List<S> load(Class<S> service) {
        List<S> found = new ArrayList<>();
        Set<Class<?>> types = new HashSet<>();
        add(ServiceLoader.load(service, service.getClassLoader()), types, found);
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (isSeenBy(context, service)) {
            add(ServiceLoader.load(service, context), types, found);
        }
        return found;
    }

    private static <S> void add(ServiceLoader<S> loader, Set<Class<?>> types, List<S> found) {
        loader.stream().filter(provider -> types.add(provider.type())).forEach(provider -> found.add(provider.get()));
    }

    private static boolean isSeenBy(ClassLoader loader, Class<?> service) {
        try {
            return Class.forName(service.getName(), false, loader) == service;
        } catch (ClassNotFoundException | LinkageError unseen) {
            return false;
        }
    }
}
