package io.github.moonlibs.discovery.plugins;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the implementations of an interface of this library. One that cannot be had, because its class is missing or its
 * constructor throws, is left out: it may belong to somebody who has never heard of this client.
 */
public final class Services {
    /** Each broken implementation in a class path can show itself this often at most. */
    private static final int MOST_FAULTS = 100;

    private Services() {}

    /**
     * What is there.
     *
     * @param all those that work, in the order in which they were found
     * @param faults a sentence about each that doesn't
     */
    public record Found<S>(List<S> all, List<String> faults) {}

    /** Those that work. The log has a warning about each of the others, once in a process. */
    public static <S> List<S> load(Class<S> service) {
        return find(service).all();
    }

    /**
     * The implementations that this library's own class loader sees, and then those that the thread's context class loader
     * sees besides. A thread of a pool may have one that knows nothing of this library, or another copy of it.
     */
    public static <S> Found<S> find(Class<S> service) {
        List<S> all = new ArrayList<>();
        Set<String> faults = new HashSet<>();
        Set<Class<?>> types = new HashSet<>();
        add(ServiceLoader.load(service, service.getClassLoader()), types, all, faults);
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (isSeenBy(context, service)) {
            add(ServiceLoader.load(service, context), types, all, faults);
        }
        faults.forEach(LeftOut::warn);
        return new Found<>(all, faults.stream().sorted().toList());
    }

    private static <S> void add(ServiceLoader<S> loader, Set<Class<?>> types, List<S> all, Set<String> faults) {
        // by the loaders before; one loader finds no class twice, but methods that make objects of the same one
        Set<Class<?>> known = Set.copyOf(types);
        // it goes on behind a provider that has failed
        Spliterator<ServiceLoader.Provider<S>> providers = loader.stream().spliterator();
        Consumer<ServiceLoader.Provider<S>> take = provider -> {
            Class<?> type = provider.type();
            // of a method that makes the object it is what the method returns: as a rule the service itself
            if (known.contains(type) && !Modifier.isAbstract(type.getModifiers())) {
                return;
            }
            types.add(type);
            S made = provider.get();
            types.add(made.getClass());
            if (!known.contains(made.getClass())) {
                all.add(made);
            }
        };
        for (int failed = 0; failed < MOST_FAULTS; failed++) {
            String fault = fault(providers, take);
            if (fault == null) {
                return;
            }
            faults.add(fault);
        }
    }

    /** Takes providers until one fails; null at the end. */
    private static <S> @Nullable String fault(
            Spliterator<ServiceLoader.Provider<S>> providers, Consumer<ServiceLoader.Provider<S>> take) {
        try {
            providers.forEachRemaining(take);
            return null;
        } catch (ServiceConfigurationError fault) {
            Throwable cause = fault.getCause();
            return fault.getMessage() + (cause == null ? "" : ": " + cause);
        } catch (RuntimeException | Error fault) {
            // of a class loader: one that the class needs is missing, a signature is wrong, a jar is closed
            return fault.toString();
        }
    }

    private static boolean isSeenBy(ClassLoader loader, Class<?> service) {
        try {
            return Class.forName(service.getName(), false, loader) == service;
        } catch (ClassNotFoundException | RuntimeException | Error unseen) {
            return false;
        }
    }
}
