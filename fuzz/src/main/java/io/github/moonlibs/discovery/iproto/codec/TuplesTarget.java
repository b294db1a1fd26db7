package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.ByName;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a reply, in which formats of tuples come beside the values, read by the names of the tuples' fields. */
public final class TuplesTarget implements Target {
    @ByName
    private record Named(
            @Nullable Object id,
            @Nullable String name,
            @Nullable List<Named> more,
            @Nullable Map<String, Object> fields) {}

    private static final List<Type> TYPES = List.of(
            Named.class,
            new TypeRef<Map<String, Object>>() {}.type(),
            new TypeRef<Map<Object, Named>>() {}.type(),
            new TypeRef<Map<Integer, Object>>() {}.type(),
            Object[].class);

    @Override
    public String name() {
        return "tuples";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        Result result;
        try {
            result = Packets.success(input).result(Types.plain(), "f");
        } catch (MalformedException refused) {
            return Refusal.check(refused);
        }
        boolean accepted = false;
        // one of the types for each input, by the input itself, so that memory can be compared with its length
        Type type = TYPES.get(Math.floorMod(input.length == 0 ? 0 : input[input.length - 1], TYPES.size()));
        for (int i = 0; i < Math.min(2, result.size()); i++) {
            try {
                accepted |= result.get(i, type) != null;
            } catch (ConversionException refused) {
                Refusal.check(refused);
            }
        }
        return accepted;
    }
}
