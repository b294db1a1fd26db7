package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.iproto.codec.msgpack.Packer;
import io.github.moonlibs.discovery.iproto.codec.results.IprotoResult;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values as bytes, without a server. */
public final class Values {
    private Values() {}

    /** What a server that echoes its arguments would return. */
    public static IprotoResult echo(@Nullable Object... values) {
        return echo(Types.plain(), values);
    }

    /** The same for a client whose types these are. */
    public static IprotoResult echo(Types types, @Nullable Object... values) {
        List<@Nullable Object> arguments = Collections.unmodifiableList(Arrays.asList(values));
        return result(types, packed(out -> ValueWriter.writeArguments(types, out, arguments)));
    }

    public static byte[] packed(Packer.Content content) {
        try {
            return Packer.pack(0, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static IprotoResult result(byte[] array) {
        return result(Types.plain(), array);
    }

    private static IprotoResult result(Types types, byte[] array) {
        try {
            return new IprotoResult(types, "f", array, 0, array.length, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
