package io.github.moonlibs.discovery.iproto.codec.results;

import io.github.moonlibs.discovery.iproto.codec.values.MismatchException;
import io.github.moonlibs.discovery.iproto.codec.values.TupleFormat;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.types.ObjectShape;
import io.github.moonlibs.discovery.types.Target;
import io.github.moonlibs.discovery.types.TypeWords;
import io.github.moonlibs.discovery.types.UnsupportedTypeException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/**
 * Reads records and objects of other classes: of a map or a tuple with names by name, of an array by position. Not
 * thread-safe.
 */
record ObjectReader(TypedReader values, ValueReader in) {
    Object read(Target.ObjectOf of, int depth) throws IOException {
        ObjectShape shape = shape(of);
        ValueType came = in.next();
        if (came != ValueType.MAP && came != ValueType.ARRAY) {
            return values.readTuple(
                    "an array or a map for " + TypeWords.named(of.type()),
                    depth,
                    (tuple, id) -> tuple.readObject(shape, id, depth + 1));
        }
        return read(shape, came == ValueType.MAP, null, depth);
    }

    /** Of a tuple's array. */
    Object readTuple(ObjectShape shape, TupleFormat format, int depth) throws IOException {
        return read(shape, false, format.isNameless() ? null : format.components(shape), depth);
    }

    /** @param fields the indexes of the components that an array's elements are; null: they are in order */
    private Object read(ObjectShape shape, boolean byKey, int @Nullable [] fields, int depth) throws IOException {
        if (shape.isByName() && !byKey && fields == null) {
            throw new MismatchException("expected a map, or a tuple with the names of its fields, for "
                    + TypeWords.named(shape.type()) + " (@ByName), got an array without names");
        }
        @Nullable Object[] components = new @Nullable Object[shape.size()];
        boolean[] sent = new boolean[shape.size()];
        int found = 0;
        int size = byKey ? in.readMapHeader() : in.readArrayHeader();
        for (int i = 0; i < size; i++) {
            // what there is no component for is passed over: servers add fields before clients know them
            int index = byKey ? index(shape, in.read(depth + 1)) : fields == null ? i : index(fields, i);
            if (index < 0 || index >= components.length) {
                in.skip(1);
            } else {
                components[index] = readComponent(shape, index, depth);
                found += sent[index] ? 0 : 1;
                sent[index] = true;
            }
        }
        try {
            return found == components.length ? shape.create(components) : created(shape, components, sent);
        } catch (MismatchException misfit) {
            throw misfit;
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable refusal) {
            throw new MismatchException(
                    "the constructor of " + TypeWords.named(shape.type()) + " threw " + refusal, refusal);
        }
    }

    private static ObjectShape shape(Target.ObjectOf of) {
        try {
            return of.shape();
        } catch (UnsupportedTypeException refusal) {
            throw new MismatchException(String.valueOf(refusal.getMessage()));
        }
    }

    private static Object created(ObjectShape shape, @Nullable Object[] components, boolean[] sent) throws Throwable {
        if (shape.hasDefaults()) {
            return shape.create(components, sent);
        }
        for (int i = 0; i < components.length; i++) {
            if (!sent[i]) {
                components[i] = absent(shape, i);
            }
        }
        return shape.create(components);
    }

    private static int index(int[] fields, int position) {
        return position < fields.length ? fields[position] : -1;
    }

    private static int index(ObjectShape shape, @Nullable Object key) {
        return switch (key) {
            case String name -> shape.indexOf(name);
            case Long position when position > 0 && position <= shape.size() -> position.intValue() - 1;
            case null, default -> -1;
        };
    }

    private @Nullable Object readComponent(ObjectShape shape, int index, int depth) throws IOException {
        try {
            Object value = values.read(shape.target(index), depth + 1);
            if (value == null && shape.target(index).isPrimitive()) {
                throw new MismatchException("expected " + expected(shape.target(index)) + ", got nil");
            }
            return value;
        } catch (MismatchException misfit) {
            throw misfit.at(shape.name(index));
        }
    }

    private static @Nullable Object absent(ObjectShape shape, int index) {
        Target target = shape.target(index);
        if (target.isPrimitive()) {
            throw new MismatchException("expected " + expected(target) + ", got nothing").at(shape.name(index));
        }
        return target instanceof Target.OptionalOf ? Optional.empty() : null;
    }

    private static String expected(Target target) {
        return switch (target) {
            case Target.Scalar(Class<?> type) -> TypeWords.expected(type);
            case Target.Converted converted -> TypeWords.named(converted.type());
            default -> throw new AssertionError(target);
        };
    }
}
