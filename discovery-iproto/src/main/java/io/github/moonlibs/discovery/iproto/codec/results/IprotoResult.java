package io.github.moonlibs.discovery.iproto.codec.results;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.codec.msgpack.Packer;
import io.github.moonlibs.discovery.iproto.codec.values.MismatchException;
import io.github.moonlibs.discovery.iproto.codec.values.TupleFormats;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.iproto.codec.values.ValueWriter;
import io.github.moonlibs.discovery.types.Target;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values in the reply's own bytes, decoded when they are asked for. */
public final class IprotoResult implements Result {
    private final Types types;
    private final String procedure;
    private final byte[] bytes;
    private final int from;
    private final int to;
    private final int size;
    private final @Nullable TupleFormats formats;

    /**
     * @param procedure whose values these are
     * @param bytes hold a well-formed array from {@code from} to {@code to}; kept
     * @param formats of the tuples among the values; null if the reply has none
     */
    public IprotoResult(Types types, String procedure, byte[] bytes, int from, int to, @Nullable TupleFormats formats)
            throws IOException {
        this.types = types;
        this.procedure = procedure;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.formats = formats;
        this.size = reader().readArrayHeader();
    }

    /**
     * The values as if they had been returned.
     *
     * @throws IllegalArgumentException if one cannot be sent
     */
    public static IprotoResult of(Types types, List<?> values) {
        try {
            byte[] array = Packer.pack(0, out -> ValueWriter.writeArguments(types, out, values));
            return new IprotoResult(types, "a sample", array, 0, array.length, null);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
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
        return at(index, types.target(Object.class));
    }

    @Override
    public @Nullable Object get(int index, Type type) {
        return at(index, types.target(type));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> List<@Nullable T> getList(int index, Class<T> type) {
        Object list = at(index, new Target.CollectionOf(types.target(type), false, Collections::unmodifiableList));
        if (list == null) {
            throw failed("value " + index, new MismatchException("expected an array, got nil"));
        }
        return (List<@Nullable T>) list;
    }

    private @Nullable Object at(int index, Target target) {
        Objects.checkIndex(index, size);
        try {
            ValueReader in = reader();
            in.readArrayHeader();
            in.skip(index);
            return new TypedReader(in, formats).read(target, 1);
        } catch (MismatchException | IOException e) {
            throw failed("value " + index, e);
        }
    }

    @Override
    public Object asRow(Type type) {
        return Objects.requireNonNull(converted("row", in -> new TypedReader(in, formats).read(types.target(type), 1)));
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

    private ConversionException failed(String place, Exception e) {
        String where = procedure + ": " + place;
        return e instanceof MismatchException misfit
                ? new ConversionException(misfit.message(where), misfit.getCause())
                : new ConversionException(where + ": " + e.getMessage(), e);
    }

    @Override
    public String toString() {
        return ValuesText.of(reader());
    }
}
