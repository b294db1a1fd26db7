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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.msgpack.value.ValueType;

/** Reads Tarantool's extension types; {@link ExtensionWriter} writes them. */
public final class ExtensionReader {
    private ExtensionReader() {}

    public static Object read(byte type, byte[] bytes, int from, int to, int depth) throws IOException {
        return switch (type) {
            case ExtensionWriter.DECIMAL -> decimal(new ValueReader(bytes, from, to));
            case ExtensionWriter.UUID_TYPE -> uuid(ByteBuffer.wrap(bytes, from, to - from));
            case ExtensionWriter.ERROR -> ErrorReader.read(new ValueReader(bytes, from, to), depth + 1);
            case ExtensionWriter.DATETIME -> datetime(ByteBuffer.wrap(bytes, from, to - from));
            case ExtensionWriter.INTERVAL -> interval(bytes, from, to);
            case ExtensionWriter.TUPLE -> tuple(new ValueReader(bytes, from, to), depth);
            // copied: what it lies in may be large
            default -> new Extension(type, ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to)));
        };
    }

    /** Longer ones than servers have are refused: making a number of digits takes time that grows with their square. */
    private static BigDecimal decimal(ValueReader in) throws IOException {
        int scale = in.readInt();
        byte[] coded = in.readBytes(in.remaining());
        if (coded.length == 0) {
            throw new MalformedException("expected a decimal's digits, got none");
        }
        int end = 2 * coded.length - 1;
        int first = 0;
        while (first < end - 1 && nibble(coded, first) == 0) {
            first++;
        }
        int most = ExtensionWriter.MAX_DIGITS;
        if (end - first > most || scale < -most || scale > most) {
            throw new MalformedException("expected a decimal of at most " + most + " digits, with a scale from -" + most
                    + " to " + most + ", got " + (end - first) + " digits and scale " + scale);
        }
        StringBuilder digits = new StringBuilder(end - first);
        for (int i = first; i < end; i++) {
            digits.append(Character.forDigit(nibble(coded, i), 16));
        }
        // 0xb and 0xd mean minus, every other letter plus
        int sign = nibble(coded, end);
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

    private static UUID uuid(ByteBuffer data) throws IOException {
        if (data.remaining() != 16) {
            throw new MalformedException("expected the 16 bytes of a uuid, got " + data.remaining());
        }
        return new UUID(data.getLong(), data.getLong());
    }

    /** The index of a time zone's name, which follows the offset, is dropped: the offset says the same of this instant. */
    private static OffsetDateTime datetime(ByteBuffer data) throws IOException {
        int length = data.remaining();
        if (length != 8 && length != 16) {
            throw new MalformedException("expected the 8 or 16 bytes of a datetime, got " + length);
        }
        data.order(ByteOrder.LITTLE_ENDIAN);
        long seconds = data.getLong();
        int nanos = length == 8 ? 0 : data.getInt();
        int minutes = length == 8 ? 0 : data.getShort();
        try {
            return Instant.ofEpochSecond(seconds, nanos).atOffset(ZoneOffset.ofTotalSeconds(60 * minutes));
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedException("expected a datetime, got " + seconds + " s, " + nanos + " ns, offset "
                    + minutes + " min: " + e.getMessage());
        }
    }

    /**
     * A datetime with its zone's name, if the server sent one that means the same here; with its offset if not. To Tarantool,
     * CET is one hour ahead of UTC all year; to the JDK, it has a summer time.
     */
    public static ZonedDateTime zoned(byte[] bytes, int from, int to) throws IOException {
        OffsetDateTime time = datetime(ByteBuffer.wrap(bytes, from, to - from));
        int number = to - from == 16
                ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(from + 14)
                : 0;
        ZoneId zone = number == 0 ? null : Times.zone(number);
        return zone == null || !zone.getRules().isValidOffset(time.toLocalDateTime(), time.getOffset())
                ? time.toZonedDateTime()
                : time.atZoneSameInstant(zone);
    }

    private static Interval interval(byte[] bytes, int from, int to) throws IOException {
        if (from == to) {
            throw new MalformedException("expected an interval, got no bytes");
        }
        ValueReader in = new ValueReader(bytes, from + 1, to);
        Interval.Adjust[] adjusts = Interval.Adjust.values();
        long[] fields = new long[9];
        for (int i = 0; i < (bytes[from] & 0xff); i++) {
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

    private static Object tuple(ValueReader in, int depth) throws IOException {
        tupleFormat(in);
        return Objects.requireNonNull(in.read(depth + 1));
    }

    /** The number of the format of a tuple, whose array comes next. */
    public static long tupleFormat(ValueReader in) throws IOException {
        long format = in.readUnsigned();
        if (in.next() != ValueType.ARRAY) {
            throw new MalformedException("expected the array of a tuple of format " + format + ", got " + in.next());
        }
        return format;
    }
}
