package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A returned value as types of the application, each of them. */
public final class RecordsTarget implements Target {
    private enum Colour {
        RED,
        GREEN
    }

    private record Numbers(byte b, short s, int i, long l, float f, double d) {}

    private record Boxes(
            @Nullable Byte b,
            @Nullable Short s,
            @Nullable Integer i,
            @Nullable Long l,
            @Nullable Float f,
            @Nullable Double d,
            @Nullable BigInteger whole,
            @Nullable BigDecimal decimal) {}

    @SuppressWarnings("ArrayRecordComponent") // as applications have them
    private record Others(
            boolean flag,
            @Nullable String text,
            byte @Nullable [] bytes,
            @Nullable UUID uuid,
            @Nullable Instant instant,
            @Nullable OffsetDateTime time,
            @Nullable Interval interval,
            @Nullable TarantoolError error,
            @Nullable Extension extension,
            @Nullable Colour colour) {}

    private record Containers(
            Optional<List<Optional<Integer>>> optional,
            @Nullable List<int[]> arrays,
            @Nullable Set<String> set,
            @Nullable Map<String, List<Long>> map,
            @Nullable Map<Integer, Object> byNumber,
            @Nullable Containers inner) {}

    private static final List<Class<?>> TYPES = List.of(
            Numbers.class,
            Boxes.class,
            Others.class,
            Containers.class,
            int.class,
            long[].class,
            String[][].class,
            BigDecimal.class,
            BigInteger.class,
            Instant.class,
            Colour.class,
            List.class,
            Map.class,
            Set.class,
            Object.class);

    @Override
    public String name() {
        return "records";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    /** Each type reads the input anew. */
    @Override
    public long constant() {
        return 2L * CONSTANT;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        Result result;
        try {
            result = Packets.reply(input).result(Types.plain(), "f");
        } catch (MalformedException refused) {
            return Refusal.check(refused);
        }
        boolean accepted = false;
        // one of the types for each input, by the input itself, so that memory can be compared with its length
        Class<?> type =
                TYPES.get(Math.floorMod(input.length == 0 ? 0 : input[input.length - 1] + input.length, TYPES.size()));
        try {
            accepted = result.get(0, type) != null;
        } catch (ConversionException refused) {
            Refusal.check(refused);
        }
        try {
            accepted |= !result.getList(0, type).isEmpty();
        } catch (ConversionException refused) {
            Refusal.check(refused);
        }
        try {
            accepted |= result.asRow(Row.class).first() != null;
        } catch (ConversionException refused) {
            Refusal.check(refused);
        }
        return accepted;
    }

    private record Row(@Nullable Others first) {}
}
