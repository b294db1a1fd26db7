package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Naming;
import io.github.moonlibs.discovery.WithNaming;
import io.github.moonlibs.discovery.plugins.LeftOut;
import io.github.moonlibs.discovery.plugins.Services;
import io.github.moonlibs.discovery.spi.ValueConverter;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The Java types of one client: what each is on the wire, by the client's naming and converters. A type is taken apart once.
 * Immutable but for what it remembers, and thread-safe.
 */
public final class Types {
    /** A type that grows by itself, such as {@code G<T>(G<List<T>> next)}, has no end of others. */
    private static final int MOST_GENERIC = 256;

    /** What is known of a class, and of the types that it is in. */
    private static final class Memory {
        final Map<Type, Target> targets = new ConcurrentHashMap<>(2);
        volatile @Nullable Target own;
        volatile @Nullable Sending sending;
    }

    /** Kept by each class itself, so that the classes of an application can go with their loader. */
    private static final ClassValue<Memory> OF_CLASSES = new ClassValue<>() {
        @Override
        protected Memory computeValue(Class<?> type) {
            return new Memory();
        }
    };

    private static final Types PLAIN = new Types(Naming.AS_DECLARED, List.of(), OF_CLASSES::get);

    private final Naming naming;
    private final List<ValueConverter<?, ?>> converters;

    private final Function<Class<?>, Memory> memory;

    private Types(Naming naming, List<ValueConverter<?, ?>> converters, Function<Class<?>, Memory> memory) {
        this.naming = naming;
        this.converters = converters;
        this.memory = memory;
    }

    /** Its memory goes with the client, while the classes stay. */
    private static Types own(Naming naming, List<ValueConverter<?, ?>> converters) {
        Map<Class<?>, Memory> memories = new ConcurrentHashMap<>();
        return new Types(naming, converters, type -> memories.computeIfAbsent(type, first -> new Memory()));
    }

    /** As the options say, with the converters that are found as services. */
    public static Types of(ClientOptions options) {
        List<ValueConverter<?, ?>> converters =
                new ArrayList<>(options.converters().reversed());
        Services.load(ValueConverter.class).stream().filter(Types::isUsable).forEach(converters::add);
        return options.naming() == Naming.AS_DECLARED && converters.isEmpty()
                ? PLAIN
                : own(options.naming(), List.copyOf(converters));
    }

    /** Whether a converter may be for it. One for all types would read what the library itself asks servers for. */
    public static boolean isConvertible(@Nullable Class<?> type) {
        return type != null && type != Object.class;
    }

    /** The application may know nothing of a converter that is found as a service. */
    private static boolean isUsable(ValueConverter<?, ?> converter) {
        String got;
        try {
            Class<?> type = converter.type();
            if (isConvertible(type)) {
                return true;
            }
            got = "got " + type;
        } catch (Throwable defect) {
            got = "it failed: " + defect;
        }
        LeftOut.warn(converter.getClass().getName()
                + ": expected a converter with the class of some objects as its type; " + got);
        return false;
    }

    /** Without any option. */
    public static Types plain() {
        return PLAIN;
    }

    // ---- reading

    /** What a value is to become; {@link Target.Unsupported} if no value can become the type. */
    public Target target(Type type) {
        return type instanceof Class<?> plain ? targetOf(plain) : targetOf(type);
    }

    private Target targetOf(Class<?> type) {
        Memory known = memory.apply(type);
        Target present = known.own;
        if (present == null) {
            present = taken(type, Map.of());
            known.own = present;
        }
        return present;
    }

    private Target targetOf(Type type) {
        Map<Type, Target> known = memory.apply(owner(type)).targets;
        Target present = known.get(type);
        if (present == null) {
            present = taken(type, Map.of());
            if (known.size() < MOST_GENERIC) {
                known.put(type, present);
            }
        }
        return present;
    }

    /** The class that remembers the type: one of the application's own, if there is any in it. */
    private static Class<?> owner(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> {
                Class<?> raw = (Class<?>) generic.getRawType();
                if (raw.getClassLoader() == null) {
                    for (Type argument : generic.getActualTypeArguments()) {
                        Class<?> owner = owner(argument);
                        if (owner.getClassLoader() != null) {
                            yield owner;
                        }
                    }
                }
                yield raw;
            }
            case GenericArrayType array -> owner(array.getGenericComponentType());
            default -> Object.class;
        };
    }

    private Target taken(Type type, Map<TypeVariable<?>, Type> variables) {
        try {
            return taken(Generics.resolve(type, variables));
        } catch (UnsupportedTypeException unsupported) {
            return new Target.Unsupported(String.valueOf(unsupported.getMessage()));
        }
    }

    private Target taken(Type type) {
        Class<?> raw = Generics.raw(type);
        ValueConverter<Object, Object> converter = converter(raw, true);
        if (converter != null) {
            return new Target.Converted(raw, converter, form(converter, type));
        }
        if (raw == Object.class) {
            return new Target.Any();
        }
        if (raw.isEnum() || ScalarTypes.isKnown(raw)) {
            return new Target.Scalar(raw);
        }
        if (raw == Optional.class) {
            return new Target.OptionalOf(argument(Optional.class, type, 0));
        }
        if (raw.isArray()) {
            return new Target.ArrayOf(raw.componentType(), element(type, raw));
        }
        return raw.isRecord() ? objectOf(type) : takenApart(type, raw);
    }

    private Target form(ValueConverter<Object, Object> converter, Type type) {
        Type form = Generics.resolve(wireType(converter, type), Map.of());
        if (Generics.mentions(form, converter.type())) {
            throw new UnsupportedTypeException("cannot read " + TypeWords.named(type)
                    + "; expected its converter to read" + " another type, got " + TypeWords.named(form));
        }
        return inner(form);
    }

    private static Type wireType(ValueConverter<Object, Object> converter, Type type) {
        String got = "null";
        try {
            Type form = converter.wireType(type);
            if (form != null) {
                return form;
            }
        } catch (Throwable defect) {
            got = String.valueOf(defect);
        }
        throw new UnsupportedTypeException("cannot read " + TypeWords.named(type) + "; expected its converter "
                + converter.getClass().getName() + " to say what it reads, got " + got);
    }

    private Target takenApart(Type type, Class<?> raw) {
        var collection = Containers.collection(raw);
        if (collection != null) {
            Class<?> as = raw == Iterable.class ? Iterable.class : Collection.class;
            boolean isHashed = Set.class.isAssignableFrom(raw) && !SortedSet.class.isAssignableFrom(raw);
            return new Target.CollectionOf(argument(as, type, 0), isHashed, collection);
        }
        var map = Containers.map(raw);
        if (map != null) {
            return new Target.MapOf(argument(Map.class, type, 0), argument(Map.class, type, 1), map);
        }
        if (!Making.isCandidate(raw)) {
            throw new UnsupportedTypeException("cannot read " + TypeWords.named(type) + "; " + Target.EXPECTED);
        }
        Target.ObjectOf object = objectOf(type);
        object.shape();
        return object;
    }

    private Target argument(Class<?> as, Type type, int index) {
        return inner(Generics.argumentsAs(as, type).get(index));
    }

    private Target element(Type type, Class<?> raw) {
        return inner(
                type instanceof GenericArrayType generic ? generic.getGenericComponentType() : raw.componentType());
    }

    /** A part of a type; a part that cannot be read spoils the whole. */
    private Target inner(Type part) {
        Target target = target(part);
        if (target instanceof Target.Unsupported(String reason)) {
            throw new UnsupportedTypeException(reason);
        }
        return target;
    }

    private Target.ObjectOf objectOf(Type type) {
        return new Target.ObjectOf(Generics.raw(type), object -> shape(type, object.type()));
    }

    private ObjectShape shape(Type type, Class<?> raw) {
        Making making = Making.of(raw);
        Map<TypeVariable<?>, Type> variables = Generics.variables(type);
        WithNaming own = raw.getAnnotation(WithNaming.class);
        Naming names = own == null ? naming : own.value();
        return new ObjectShape(
                making,
                making.components().stream()
                        .map(each -> each.name() != null ? each.name() : names.nameOf(each.declared()))
                        .toList(),
                // what cannot be read is only complained of when it is to be read
                making.components().stream()
                        .map(each -> component(each.type(), variables))
                        .toList());
    }

    private Target component(Type type, Map<TypeVariable<?>, Type> variables) {
        try {
            return target(Generics.resolve(type, variables));
        } catch (UnsupportedTypeException unsupported) {
            return new Target.Unsupported(String.valueOf(unsupported.getMessage()));
        }
    }

    // ---- sending

    /** What is sent for the objects of a class that is none of the plain ones. */
    public sealed interface Sending {}

    /** Nothing special. */
    public record AsItIs() implements Sending {}

    /** What the converter makes of them. */
    public record Through(ValueConverter<Object, Object> converter) implements Sending {}

    /** A map of their components. */
    public record AsMap(ObjectShape shape) implements Sending {}

    /** Nothing. */
    public record NotAtAll(String reason) implements Sending {}

    /** Whether an object of any class may have to go through a converter. */
    public boolean hasConverters() {
        return !converters.isEmpty();
    }

    /** Whether objects of the class, or of some class that extends it, are among those that are sent as they are. */
    public static boolean mayBeSent(Class<?> type) {
        return ScalarTypes.mayBeSent(type);
    }

    /** How objects of this class are sent. */
    public Sending sending(Class<?> type) {
        Memory known = memory.apply(type);
        Sending present = known.sending;
        if (present == null) {
            present = sendingOf(type);
            known.sending = present;
        }
        return present;
    }

    private Sending sendingOf(Class<?> type) {
        ValueConverter<Object, Object> converter = converter(type, false);
        if (converter != null) {
            return new Through(converter);
        }
        if (ScalarTypes.isKnown(type) || (!type.isRecord() && !Making.isCandidate(type))) {
            return new AsItIs();
        }
        try {
            return new AsMap(new Target.ObjectOf(type, object -> shape(type, object.type())).shape());
        } catch (UnsupportedTypeException unsupported) {
            return new NotAtAll(String.valueOf(unsupported.getMessage()).replaceFirst("^cannot read", "cannot send"));
        }
    }

    // ---- converters

    @SuppressWarnings("unchecked") // it is given values of the type that it names, and what it made of them
    private @Nullable ValueConverter<Object, Object> converter(Class<?> raw, boolean reading) {
        for (ValueConverter<?, ?> converter : converters) {
            Class<?> type = converter.type();
            if (reading ? ScalarTypes.boxed(type) == ScalarTypes.boxed(raw) : type.isAssignableFrom(raw)) {
                return (ValueConverter<Object, Object>) converter;
            }
        }
        return null;
    }
}
