package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values in the reply's own bytes, decoded when they are asked for. */
public final class IprotoResult implements Result {
    private static final ClassValue<Target> TARGETS = new ClassValue<>() {
        @Override
        protected Target computeValue(Class<?> type) {
            return Target.of(type);
        }
    };

    private final byte[] bytes;
    private final int from;
    private final int to;
    private final int size;

    /** @param bytes hold a well-formed array from {@code from} to {@code to}; kept */
    public IprotoResult(byte[] bytes, int from, int to) throws IOException {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.size = reader().readArrayHeader();
    }

    private ValueReader reader() {
        return new ValueReader(bytes, from, to);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public @Nullable Object get(int index) {
        return at(index, Object.class, false);
    }

    @Override
    @SuppressWarnings("unchecked") // a class of a primitive type is said to be one of its box
    public <T> @Nullable T get(int index, Class<T> type) {
        return (T) at(index, type, false);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> List<@Nullable T> getList(int index, Class<T> type) {
        Object list = at(index, type, true);
        if (list == null) {
            throw new ConversionException("value " + index + ": expected an array, got nil", null);
        }
        return (List<@Nullable T>) list;
    }

    private @Nullable Object at(int index, Class<?> type, boolean asElements) {
        Objects.checkIndex(index, size);
        try {
            ValueReader in = reader();
            in.readArrayHeader();
            in.skip(index);
            Target target = TARGETS.get(type);
            return new TypedReader(in).read(asElements ? new Target.ListOf(target) : target, 1);
        } catch (MismatchException | IOException e) {
            throw failed("value " + index, e);
        }
    }

    @Override
    public <T extends Record> T asRow(Class<T> type) {
        Object row = converted("row", in -> new TypedReader(in).read(TARGETS.get(type), 1));
        return Objects.requireNonNull(type.cast(row));
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<@Nullable Object> values() {
        Object values = converted("values", in -> in.read(0));
        return (List<@Nullable Object>) Objects.requireNonNull(values);
    }

    @Override
    public ByteBuffer raw() {
        return ByteBuffer.wrap(bytes, from, to - from).slice().asReadOnlyBuffer();
    }

    /** What reads from the values. */
    private interface Reading {
        @Nullable
        Object read(ValueReader in) throws IOException;
    }

    private @Nullable Object converted(String place, Reading reading) {
        try {
            return reading.read(reader());
        } catch (MismatchException | IOException e) {
            throw failed(place, e);
        }
    }

    private static ConversionException failed(String place, Exception e) {
        return e instanceof MismatchException misfit
                ? new ConversionException(misfit.message(place), misfit.getCause())
                : new ConversionException(place + ": " + e.getMessage(), e);
    }

    @Override
    public String toString() {
        return size + " values";
    }
}
