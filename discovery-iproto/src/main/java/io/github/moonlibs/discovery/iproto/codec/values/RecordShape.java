package io.github.moonlibs.discovery.iproto.codec.values;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What there is to know of a record class. Immutable and thread-safe. */
public final class RecordShape {
    // Kept by the record's class itself, and asked for records alone: it never keeps a class loader from going.
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type.asSubclass(Record.class), List.of());
        }
    };

    /** A type that grows by itself, such as {@code G<T>(G<List<T>> next)}, has no end of shapes. */
    private static final int MOST_GENERIC = 256;

    private final Class<? extends Record> type;
    private final Constructor<? extends Record> constructor;
    private final String[] names;
    private final Method[] accessors;
    private final Target[] targets;
    private final Map<String, Integer> indexes = new HashMap<>();

    /** Of the raw shape alone: the shapes with type arguments. */
    private final Map<List<Target>, RecordShape> generic = new ConcurrentHashMap<>();

    private RecordShape(Class<? extends Record> type, List<Target> arguments) {
        this.type = type;
        Map<TypeVariable<?>, Target> variables = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            variables.put(type.getTypeParameters()[i], arguments.get(i));
        }
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        names = new String[components.length];
        accessors = new Method[components.length];
        targets = new Target[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            names[i] = components[i].getName();
            accessors[i] = reachable(components[i].getAccessor());
            targets[i] = Target.ofComponent(components[i].getGenericType(), variables);
            indexes.put(names[i], i);
        }
        try {
            constructor = reachable(type.getDeclaredConstructor(types));
        } catch (NoSuchMethodException e) {
            throw new LinkageError("every record has a canonical constructor: " + type.getName(), e);
        }
    }

    /** @throws MismatchException if the record's module keeps it from this one */
    static RecordShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    /** The shape of a record with the arguments of its type. */
    static RecordShape of(Target.RecordOf target) {
        RecordShape raw = of(target.type());
        if (target.arguments().isEmpty()) {
            return raw;
        }
        RecordShape present = raw.generic.get(target.arguments());
        if (present == null) {
            present = new RecordShape(raw.type, target.arguments());
            if (raw.generic.size() < MOST_GENERIC) {
                raw.generic.put(target.arguments(), present);
            }
        }
        return present;
    }

    private <M extends AccessibleObject> M reachable(M member) {
        if (!member.trySetAccessible()) {
            throw new MismatchException(
                    "no access to record " + type.getName() + "; expected \"opens " + type.getPackageName()
                            + " to " + RecordShape.class.getModule().getName() + "\" in module "
                            + type.getModule().getName() + ", or a public record in an exported package");
        }
        return member;
    }

    int size() {
        return names.length;
    }

    String name(int index) {
        return names[index];
    }

    Target target(int index) {
        return targets[index];
    }

    /** The index of the component with that name, or −1. */
    int indexOf(String name) {
        return indexes.getOrDefault(name, -1);
    }

    @Nullable
    Object component(Record from, int index) {
        try {
            return accessors[index].invoke(from);
        } catch (InvocationTargetException e) {
            throw new MismatchException(type.getName() + "." + names[index] + "() threw " + e.getCause(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new LinkageError("access was made sure of: " + type.getName(), e);
        }
    }

    Record create(@Nullable Object[] components) {
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException e) {
            throw new MismatchException(
                    "the constructor of " + type.getName() + " threw " + e.getCause(), e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new LinkageError("a record is not abstract, and access was made sure of: " + type.getName(), e);
        }
    }
}
