package io.github.moonlibs.discovery.iproto.codec.values;

import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/** Reads values as Java types. Not thread-safe. */
public final class TypedReader {
    private final ValueReader in;

    TypedReader(ValueReader in) {
        this.in = in;
    }

    /** The next value; null for nil, whatever the target is except an {@link Optional}. */
    @Nullable
    Object read(Target target, int depth) throws IOException {
        if (depth > MismatchException.MAX_DEPTH) {
            throw MismatchException.tooDeep();
        }
        if (target instanceof Target.OptionalOf optional) {
            return Optional.ofNullable(read(optional.value(), depth));
        }
        if (target instanceof Target.Unsupported unsupported) {
            throw new MismatchException(unsupported.reason());
        }
        if (in.tryNil()) {
            return null;
        }
        return switch (target) {
            case Target.Any any -> in.read(depth);
            case Target.Scalar scalar -> readScalar(scalar.type(), depth);
            case Target.ListOf list -> Collections.unmodifiableList(readElements(list.element(), "an array", depth));
            case Target.SetOf set -> readSet(set, depth);
            case Target.ArrayOf array -> readArray(array, depth);
            case Target.MapOf map -> readMap(map, depth);
            case Target.RecordOf of -> readRecord(of.type(), depth);
            case Target.OptionalOf optional -> throw new AssertionError(optional);
            case Target.Unsupported unsupported -> throw new AssertionError(unsupported);
        };
    }

    private Object readScalar(Class<?> type, int depth) throws IOException {
        Object value = in.read(depth);
        if (value == null) {
            throw new MismatchException("expected " + type.getTypeName() + ", got nil");
        }
        return Scalars.convert(value, type);
    }

    private List<@Nullable Object> readElements(Target element, String expected, int depth) throws IOException {
        require(ValueType.ARRAY, expected, depth);
        int size = in.readArrayHeader();
        List<@Nullable Object> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            try {
                elements.add(read(element, depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.at(i);
            }
        }
        return elements;
    }

    private Set<@Nullable Object> readSet(Target.SetOf set, int depth) throws IOException {
        return Collections.unmodifiableSet(new LinkedHashSet<>(readElements(set.element(), "an array", depth)));
    }

    private Object readArray(Target.ArrayOf target, int depth) throws IOException {
        List<@Nullable Object> elements = readElements(target.element(), "an array", depth);
        Object array = Array.newInstance(target.component(), elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Object element = elements.get(i);
            if (element == null && target.component().isPrimitive()) {
                throw new MismatchException("expected " + target.component() + ", got nil").at(i);
            }
            Array.set(array, i, element);
        }
        return array;
    }

    private Map<@Nullable Object, @Nullable Object> readMap(Target.MapOf target, int depth) throws IOException {
        require(ValueType.MAP, "a map", depth);
        int size = in.readMapHeader();
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            Object key = read(target.key(), depth + 1);
            try {
                entries.put(key, read(target.value(), depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.at(String.valueOf(key));
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    private Record readRecord(Class<?> type, int depth) throws IOException {
        RecordShape shape = RecordShape.of(type);
        boolean byName = in.next() == ValueType.MAP;
        if (!byName) {
            require(ValueType.ARRAY, "an array or a map for " + type.getTypeName(), depth);
        }
        @Nullable Object[] components = new @Nullable Object[shape.size()];
        boolean[] sent = new boolean[shape.size()];
        int size = byName ? in.readMapHeader() : in.readArrayHeader();
        for (int i = 0; i < size; i++) {
            // what a record has no component for is passed over: servers add fields before clients know them
            int index = !byName ? i : in.read(depth + 1) instanceof String name ? shape.indexOf(name) : -1;
            if (index < 0 || index >= components.length) {
                in.skip(1);
            } else {
                components[index] = readComponent(shape, index, depth);
                sent[index] = true;
            }
        }
        for (int i = 0; i < components.length; i++) {
            if (!sent[i]) {
                components[i] = absent(shape, i);
            }
        }
        return shape.create(components);
    }

    private @Nullable Object readComponent(RecordShape shape, int index, int depth) throws IOException {
        try {
            Object value = read(shape.target(index), depth + 1);
            if (value == null && shape.target(index) instanceof Target.Scalar(Class<?> type) && type.isPrimitive()) {
                throw new MismatchException("expected " + type + ", got nil");
            }
            return value;
        } catch (MismatchException misfit) {
            throw misfit.at(shape.name(index));
        }
    }

    private static @Nullable Object absent(RecordShape shape, int index) {
        Target target = shape.target(index);
        if (target instanceof Target.Scalar(Class<?> type) && type.isPrimitive()) {
            throw new MismatchException("expected " + type + ", got nothing").at(shape.name(index));
        }
        return target instanceof Target.OptionalOf ? Optional.empty() : null;
    }

    private void require(ValueType type, String expected, int depth) throws IOException {
        if (in.next() != type) {
            Object value = in.read(depth);
            throw Scalars.misfit(value == null ? "nil" : value, expected);
        }
    }
}
