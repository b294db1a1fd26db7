package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values that never were bytes; types are not converted, only checked. */
public record MemoryResult(List<@Nullable Object> values) implements Result {
    @Override
    public int size() {
        return values.size();
    }

    @Override
    public @Nullable Object get(int index, Type type) {
        return type instanceof Class<?> plain ? get(index, plain) : values.get(index);
    }

    @Override
    public <T> @Nullable T get(int index, Class<T> type) {
        try {
            return type.cast(values.get(index));
        } catch (ClassCastException e) {
            throw new ConversionException("value " + index + " is not a " + type, e);
        }
    }

    @Override
    public <T> List<@Nullable T> getList(int index, Class<T> type) {
        throw new UnsupportedOperationException("not needed here");
    }

    @Override
    public Object asRow(Type type) {
        throw new UnsupportedOperationException("not needed here");
    }

    @Override
    public ByteBuffer raw() {
        return ByteBuffer.wrap(values.toString().getBytes(StandardCharsets.UTF_8));
    }
}
