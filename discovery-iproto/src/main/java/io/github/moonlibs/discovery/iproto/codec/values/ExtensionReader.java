package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import org.msgpack.value.ValueType;

/** Reads Tarantool's extension types; {@link ExtensionWriter} writes them. */
public final class ExtensionReader {
    private ExtensionReader() {}

    static Object read(byte type, byte[] data, int depth) throws IOException {
        return switch (type) {
            case ExtensionWriter.DECIMAL -> decimal(data);
            case ExtensionWriter.UUID_TYPE -> uuid(data);
            case ExtensionWriter.ERROR -> ErrorReader.read(new ValueReader(data, 0, data.length), depth + 1);
            case ExtensionWriter.DATETIME -> datetime(data);
            case ExtensionWriter.INTERVAL -> interval(data);
            case ExtensionWriter.TUPLE -> tuple(data, depth);
            default -> new Extension(type, ByteBuffer.wrap(data));
        };
    }

    private static BigDecimal decimal(byte[] data) throws IOException {
        ValueReader in = new ValueReader(data, 0, data.length);
        int scale = in.readInt();
        byte[] coded = in.readBytes(in.remaining());
        if (coded.length == 0) {
            throw new MalformedException("expected a decimal's digits, got none");
        }
        StringBuilder digits = new StringBuilder(2 * coded.length);
        for (int nibble = 0; nibble < 2 * coded.length - 1; nibble++) {
            digits.append(Character.forDigit(nibble(coded, nibble), 16));
        }
        // 0xb and 0xd mean minus, every other letter plus
        int sign = nibble(coded, 2 * coded.length - 1);
        try {
            BigInteger unscaled = new BigInteger(digits.toString());
            return new BigDecimal(sign == 0xb || sign == 0xd ? unscaled.negate() : unscaled, scale);
        } catch (NumberFormatException e) {
            throw new MalformedException("expected a decimal's digits, got 0x" + digits);
        }
    }

    private static int nibble(byte[] coded, int index) {
        return coded[index / 2] >> (index % 2 == 0 ? 4 : 0) & 0xf;
    }

    private static UUID uuid(byte[] data) throws IOException {
        if (data.length != 16) {
            throw new MalformedException("expected the 16 bytes of a uuid, got " + data.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(data);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** The number of a time zone, which follows the offset, is left out: the offset says the same of this instant. */
    private static OffsetDateTime datetime(byte[] data) throws IOException {
        if (data.length != 8 && data.length != 16) {
            throw new MalformedException("expected the 8 or 16 bytes of a datetime, got " + data.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        long seconds = buffer.getLong();
        int nanos = data.length == 8 ? 0 : buffer.getInt();
        int minutes = data.length == 8 ? 0 : buffer.getShort();
        try {
            return Instant.ofEpochSecond(seconds, nanos).atOffset(ZoneOffset.ofTotalSeconds(60 * minutes));
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedException("expected a datetime, got " + seconds + " s, " + nanos + " ns, offset "
                    + minutes + " min: " + e.getMessage());
        }
    }

    private static Interval interval(byte[] data) throws IOException {
        if (data.length == 0) {
            throw new MalformedException("expected an interval, got no bytes");
        }
        ValueReader in = new ValueReader(data, 1, data.length);
        Interval.Adjust[] adjusts = Interval.Adjust.values();
        long[] fields = new long[9];
        for (int i = 0; i < (data[0] & 0xff); i++) {
            int key = in.readInt();
            if (key < 0 || key >= fields.length) {
                throw new MalformedException("expected an interval's field from 0 to 8, got " + key);
            }
            fields[key] = in.readLong();
        }
        if (fields[8] < 0 || fields[8] >= adjusts.length) {
            throw new MalformedException("expected an interval's adjust from 0 to 2, got " + fields[8]);
        }
        return new Interval(
                fields[0],
                fields[1],
                fields[2],
                fields[3],
                fields[4],
                fields[5],
                fields[6],
                fields[7],
                adjusts[(int) fields[8]]);
    }

    private static Object tuple(byte[] data, int depth) throws IOException {
        ValueReader in = new ValueReader(data, 0, data.length);
        long format = in.readUnsigned();
        if (in.next() != ValueType.ARRAY) {
            throw new MalformedException("expected the array of a tuple of format " + format + ", got " + in.next());
        }
        return Objects.requireNonNull(in.read(depth + 1));
    }
}
