package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.ByName;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know of a record, or of another class whose objects are maps on the wire: its components, which are
 * those of the record or the parameters of the constructor. Immutable and thread-safe.
 */
public final class ObjectShape {
    private final Class<?> type;
    private final String[] names;
    private final Target[] targets;
    private final Class<?>[] sentTypes;
    private final @Nullable MethodHandle[] getters;
    private final MethodHandle constructor;
    private final @Nullable MethodHandle withDefaults;
    private final boolean isByName;
    private final Map<String, Integer> indexes = new HashMap<>();

    ObjectShape(Making making, List<String> names, List<Target> targets) {
        this.type = making.type();
        this.isByName = type.isAnnotationPresent(ByName.class);
        this.names = names.toArray(String[]::new);
        this.targets = targets.toArray(Target[]::new);
        this.sentTypes =
                making.components().stream().map(Making.Component::sentType).toArray(Class<?>[]::new);
        this.getters =
                making.components().stream().map(Making.Component::getter).toArray(MethodHandle[]::new);
        this.constructor = making.constructor();
        this.withDefaults = making.withDefaults();
        for (int i = 0; i < this.names.length; i++) {
            if (indexes.putIfAbsent(this.names[i], i) != null) {
                throw new UnsupportedTypeException("two components of " + TypeWords.named(type)
                        + " have the same name on the servers, \"" + this.names[i] + "\"");
            }
        }
    }

    public Class<?> type() {
        return type;
    }

    public int size() {
        return names.length;
    }

    /** What it is called on the servers. */
    public String name(int index) {
        return names[index];
    }

    public Target target(int index) {
        return targets[index];
    }

    /** The class of what is sent for it, which may be more than can be read. */
    public Class<?> sentType(int index) {
        return sentTypes[index];
    }

    /** The index of the component with that name, or −1. */
    public int indexOf(String name) {
        return indexes.getOrDefault(name, -1);
    }

    /** Whether it is read by names alone, never by position. */
    public boolean isByName() {
        return isByName;
    }

    /** Whether what is not sent has a default of its own, as the parameters of a Kotlin constructor may. */
    public boolean hasDefaults() {
        return withDefaults != null;
    }

    /**
     * The component of an object.
     *
     * @throws Throwable what its accessor throws
     */
    public @Nullable Object component(Object of, int index) throws Throwable {
        MethodHandle getter = getters[index];
        if (getter == null) {
            throw new UnsupportedTypeException("cannot send " + TypeWords.named(type) + "; expected a method "
                    + names[index] + "() or a getter for each parameter of its constructor");
        }
        return (Object) getter.invokeExact(of);
    }

    /**
     * An object of these components.
     *
     * @throws Throwable what the constructor throws
     */
    public Object create(@Nullable Object[] components) throws Throwable {
        return (Object) constructor.invokeExact(components);
    }

    /**
     * An object of these components, with the constructor's own defaults for those that were not sent.
     *
     * @throws Throwable what the constructor throws
     */
    public Object create(@Nullable Object[] components, boolean[] sent) throws Throwable {
        MethodHandle defaults = withDefaults;
        if (defaults == null) {
            throw new AssertionError("no defaults: " + type.getName());
        }
        return (Object) defaults.invokeExact(KotlinClass.arguments(components, sent, targets));
    }
}
