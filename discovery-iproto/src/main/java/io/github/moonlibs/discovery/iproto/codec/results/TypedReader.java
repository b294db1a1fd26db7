package io.github.moonlibs.discovery.iproto.codec.results;

import io.github.moonlibs.discovery.iproto.codec.values.ExtensionReader;
import io.github.moonlibs.discovery.iproto.codec.values.ExtensionWriter;
import io.github.moonlibs.discovery.iproto.codec.values.KeyGuard;
import io.github.moonlibs.discovery.iproto.codec.values.MismatchException;
import io.github.moonlibs.discovery.iproto.codec.values.TupleFormat;
import io.github.moonlibs.discovery.iproto.codec.values.TupleFormats;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.types.ObjectShape;
import io.github.moonlibs.discovery.types.Target;
import io.github.moonlibs.discovery.types.TypeWords;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/** Reads values as Java types. Not thread-safe. */
public final class TypedReader {
    /** For so many elements room is made before they come. */
    private static final int BELIEVED = 1 << 10;

    private final ValueReader in;
    private final @Nullable TupleFormats formats;

    /** @param formats of the tuples that may come; null if none come with one */
    TypedReader(ValueReader in, @Nullable TupleFormats formats) {
        this.in = in;
        this.formats = formats;
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
            case Target.CollectionOf collection -> readCollection(collection, depth);
            case Target.ArrayOf array -> readArray(array, depth);
            case Target.MapOf map -> readMap(map, depth);
            case Target.ObjectOf of -> new ObjectReader(this, in).read(of, depth);
            case Target.Converted converted -> readConverted(converted, depth);
            case Target.OptionalOf optional -> throw new AssertionError(optional);
            case Target.Unsupported unsupported -> throw new AssertionError(unsupported);
        };
    }

    private Object readScalar(Class<?> type, int depth) throws IOException {
        if (type == ZonedDateTime.class && in.next() == ValueType.EXTENSION) {
            return in.readExtension((code, bytes, from, to) -> code == ExtensionWriter.DATETIME
                    ? ExtensionReader.zoned(bytes, from, to)
                    : Scalars.convert(ExtensionReader.read(code, bytes, from, to, depth), type));
        }
        Object value = in.read(depth);
        if (value == null) {
            throw new MismatchException("expected " + TypeWords.expected(type) + ", got nil");
        }
        return Scalars.convert(value, type);
    }

    private List<@Nullable Object> readElements(Target element, String expected, int depth) throws IOException {
        if (in.next() != ValueType.ARRAY) {
            return in.next() == ValueType.MAP
                    ? readPositions(element, expected, depth)
                    : readTuple(expected, depth, (tuple, id) -> tuple.readElements(element, expected, depth + 1));
        }
        int size = in.readArrayHeader();
        List<@Nullable Object> elements = new ArrayList<>(Math.min(size, BELIEVED));
        for (int i = 0; i < size; i++) {
            try {
                elements.add(read(element, depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.at(i);
            }
        }
        return elements;
    }

    /** A Lua table that went as a map, because it is empty or its keys were not seen to be 1 to n. */
    private List<@Nullable Object> readPositions(Target element, String expected, int depth) throws IOException {
        int size = in.readMapHeader();
        Map<Integer, @Nullable Object> elements = new HashMap<>();
        for (int i = 0; i < size; i++) {
            Object key = in.read(depth + 1);
            if (!(key instanceof Long position) || position < 1 || position > size) {
                throw new MismatchException("expected " + expected + ", got a map whose keys are not 1 to " + size);
            }
            try {
                elements.put(position.intValue() - 1, read(element, depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.at(position.intValue() - 1);
            }
        }
        if (elements.size() < size) {
            throw new MismatchException("expected " + expected + ", got a map with the same key twice");
        }
        List<@Nullable Object> inOrder = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            inOrder.add(elements.get(i));
        }
        return inOrder;
    }

    private Object readCollection(Target.CollectionOf target, int depth) throws IOException {
        List<@Nullable Object> read = readElements(target.element(), "an array", depth);
        List<@Nullable Object> elements = target.isHashed() ? KeyGuard.distinct(read) : read;
        try {
            return target.of().apply(elements);
        } catch (RuntimeException refusal) {
            throw refused("the collection", refusal);
        }
    }

    private static MismatchException refused(String what, Throwable refusal) {
        return new MismatchException(what + " refused the values: " + refusal, refusal);
    }

    private @Nullable Object readConverted(Target.Converted target, int depth) throws IOException {
        Object value = read(target.form(), depth);
        if (value == null) {
            return null;
        }
        try {
            return target.converter().read(value);
        } catch (RuntimeException refusal) {
            throw new MismatchException(
                    "the converter of " + TypeWords.named(target.type()) + " threw " + refusal, refusal);
        }
    }

    private Object readArray(Target.ArrayOf target, int depth) throws IOException {
        List<@Nullable Object> elements = readElements(target.element(), "an array", depth);
        Object array = Array.newInstance(target.component(), elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Object element = elements.get(i);
            if (element == null && target.component().isPrimitive()) {
                throw new MismatchException("expected " + TypeWords.expected(target.component()) + ", got nil").at(i);
            }
            Array.set(array, i, element);
        }
        return array;
    }

    private Object readMap(Target.MapOf target, int depth) throws IOException {
        Map<@Nullable Object, @Nullable Object> entries = readEntries(target, depth);
        try {
            return target.of().apply(entries);
        } catch (RuntimeException refusal) {
            throw refused("the map", refusal);
        }
    }

    private Map<@Nullable Object, @Nullable Object> readEntries(Target.MapOf target, int depth) throws IOException {
        if (in.next() != ValueType.MAP) {
            return in.next() == ValueType.ARRAY
                    ? readNumbered(target, depth)
                    : readTuple("a map", depth, (tuple, id) -> tuple.readFields(target, id, depth + 1));
        }
        int size = in.readMapHeader();
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        KeyGuard guard = KeyGuard.of(size);
        for (int i = 0; i < size; i++) {
            Object key = readKey(target.key(), depth + 1);
            try {
                entries.put(key, read(target.value(), depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.atKey(key);
            }
            if (guard != null) {
                guard.added(key, entries.size());
            }
        }
        return entries;
    }

    private @Nullable Object readKey(Target key, int depth) throws IOException {
        try {
            return read(key, depth);
        } catch (MismatchException misfit) {
            throw new MismatchException("a key of the map: " + misfit.getMessage(), misfit.getCause());
        }
    }

    /** A Lua table that went as an array, because it is empty or its keys are 1 to n. */
    private Map<@Nullable Object, @Nullable Object> readNumbered(Target.MapOf target, int depth) throws IOException {
        int size = in.readArrayHeader();
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            Object key = position(target.key(), i + 1, size);
            try {
                entries.put(key, read(target.value(), depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.atKey(key);
            }
        }
        return entries;
    }

    /** What is made of a tuple's array, which {@code tuple} reads. */
    interface TupleReading<T> {
        T read(TypedReader tuple, long format) throws IOException;
    }

    /**
     * A tuple that came with the number of its format.
     *
     * @throws MismatchException if what comes next is none
     */
    @SuppressWarnings("unchecked") // what the extension is decoded to is what was read
    <T> T readTuple(String expected, int depth, TupleReading<T> reading) throws IOException {
        if (in.next() != ValueType.EXTENSION) {
            throw misfit(expected, depth);
        }
        return (T) in.readExtension((code, bytes, from, to) -> {
            if (code != ExtensionWriter.TUPLE) {
                throw Scalars.misfit(ExtensionReader.read(code, bytes, from, to, depth), expected);
            }
            ValueReader tuple = new ValueReader(bytes, from, to);
            long format = ExtensionReader.tupleFormat(tuple);
            return reading.read(new TypedReader(tuple, formats), format);
        });
    }

    /** The names of a tuple's fields. */
    private TupleFormat format(long id) throws IOException {
        if (formats == null) {
            throw TupleFormats.unknown(id);
        }
        return formats.format(id);
    }

    /** A tuple's array as an object, by the names of its fields. */
    Object readObject(ObjectShape shape, long format, int depth) throws IOException {
        return new ObjectReader(this, in).readTuple(shape, format(format), depth);
    }

    /** A tuple's fields that have names. */
    private Map<@Nullable Object, @Nullable Object> readFields(Target.MapOf target, long id, int depth)
            throws IOException {
        TupleFormat format = format(id);
        if (format.isNameless() || isNumber(target.key())) {
            return readNumbered(target, depth);
        }
        int size = in.readArrayHeader();
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            if (i >= format.size()) {
                in.skip(1);
                continue;
            }
            Object key = new TypedReader(format.nameAsValue(i), null).readKey(target.key(), depth + 1);
            try {
                entries.put(key, read(target.value(), depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.atKey(key);
            }
        }
        return entries;
    }

    private static boolean isNumber(Target key) {
        return key instanceof Target.Scalar(Class<?> type)
                && Number.class.isAssignableFrom(
                        MethodType.methodType(type).wrap().returnType());
    }

    private static Object position(Target key, long position, int size) {
        Object converted = null;
        if (key instanceof Target.Any) {
            converted = position;
        } else if (key instanceof Target.Scalar(Class<?> type)) {
            try {
                converted = Scalars.convert(position, type);
            } catch (MismatchException noNumber) {
                // the message says what came, not what its positions would be
            }
        }
        if (converted == null) {
            throw new MismatchException(
                    "expected a map, got an array of " + size + (size == 1 ? " element" : " elements"));
        }
        return converted;
    }

    private MismatchException misfit(String expected, int depth) throws IOException {
        Object value = in.read(depth);
        return Scalars.misfit(value == null ? "nil" : value, expected);
    }
}
