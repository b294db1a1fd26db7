package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.iproto.codec.msgpack.Packer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.UUID;
import org.msgpack.core.MessagePacker;

/** Writes Tarantool's extension types; {@link ExtensionReader} reads them. */
public final class ExtensionWriter {
    static final byte DECIMAL = 1;
    static final byte UUID_TYPE = 2;
    static final byte ERROR = 3;
    public static final byte DATETIME = 4;
    static final byte INTERVAL = 6;
    public static final byte TUPLE = 7;

    /** What the decimals of Tarantool 3.5 hold, before and after the point; older servers refuse more than 38 digits. */
    static final int MAX_DIGITS = 76;

    /** What Tarantool's datetimes hold: 22 June of year -5879610 to 11 July of year 5879611. */
    private static final long FIRST_SECOND = -185_604_722_870_400L;

    private static final long LAST_SECOND = 185_480_451_417_600L;
    private static final int LEAST_OFFSET = -12 * 60;
    private static final int GREATEST_OFFSET = 14 * 60;

    /** Servers keep an interval's days and shorter units as doubles. */
    private static final long MOST_OF_UNIT = 1L << 53;

    private ExtensionWriter() {}

    static void write(MessagePacker out, Extension extension) throws IOException {
        byte[] data = new byte[extension.data().remaining()];
        extension.data().get(data);
        out.packExtensionTypeHeader(extension.type(), data.length).writePayload(data);
    }

    static void write(MessagePacker out, UUID uuid) throws IOException {
        byte[] data = new byte[16];
        ByteBuffer.wrap(data).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        out.packExtensionTypeHeader(UUID_TYPE, data.length).writePayload(data);
    }

    static void write(MessagePacker out, OffsetDateTime time) throws IOException {
        write(out, time.toInstant(), wholeMinutes(time.getOffset(), time));
    }

    static void write(MessagePacker out, ZonedDateTime time) throws IOException {
        int zone = time.getZone() instanceof ZoneOffset ? 0 : Times.number(time.getZone());
        if (zone == 0 && !(time.getZone() instanceof ZoneOffset)) {
            throw new MismatchException(
                    "expected a time with an offset or a zone that Tarantool knows, got one with the zone "
                            + time.getZone() + "; toOffsetDateTime() makes one with an offset of it");
        }
        write(out, time.toInstant(), wholeMinutes(time.getOffset(), time), zone);
    }

    private static int wholeMinutes(ZoneOffset offset, Object time) {
        int seconds = offset.getTotalSeconds();
        if (seconds % 60 != 0) {
            throw new MismatchException("expected an offset of whole minutes, got " + time);
        }
        return seconds / 60;
    }

    static void write(MessagePacker out, Instant instant, int offsetMinutes) throws IOException {
        write(out, instant, offsetMinutes, 0);
    }

    private static void write(MessagePacker out, Instant instant, int offsetMinutes, int zone) throws IOException {
        long seconds = instant.getEpochSecond();
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND) {
            throw new MismatchException("expected a time from " + Instant.ofEpochSecond(FIRST_SECOND) + " to "
                    + Instant.ofEpochSecond(LAST_SECOND) + ", got " + instant);
        }
        if (offsetMinutes < LEAST_OFFSET || offsetMinutes > GREATEST_OFFSET) {
            throw new MismatchException(
                    "expected an offset from -12:00 to +14:00, got " + ZoneOffset.ofTotalSeconds(60 * offsetMinutes));
        }
        int nanos = instant.getNano();
        boolean whole = nanos == 0 && offsetMinutes == 0 && zone == 0;
        byte[] data = new byte[whole ? 8 : 16];
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putLong(seconds);
        if (!whole) {
            buffer.putInt(nanos).putShort((short) offsetMinutes).putShort((short) zone);
        }
        out.packExtensionTypeHeader(DATETIME, data.length).writePayload(data);
    }

    static void write(MessagePacker out, BigDecimal number) throws IOException {
        BigDecimal fitting = fits(number) ? number : number.stripTrailingZeros();
        if (!fits(fitting)) {
            throw new MismatchException(
                    "expected a decimal of at most " + MAX_DIGITS + " digits before and after the point"
                            + " together, got one of " + number.precision() + " digits and scale " + number.scale());
        }
        byte[] coded = packedDecimal(fitting);
        byte[] bytes = Packer.pack(0, data -> data.packInt(fitting.scale()).writePayload(coded));
        out.packExtensionTypeHeader(DECIMAL, bytes.length).writePayload(bytes);
    }

    private static boolean fits(BigDecimal number) {
        return number.precision() <= MAX_DIGITS
                && number.scale() <= MAX_DIGITS
                && (long) number.precision() - number.scale() <= MAX_DIGITS;
    }

    /** Binary-coded decimal: two digits a byte, the last half byte the sign, a leading zero where it does not come out. */
    private static byte[] packedDecimal(BigDecimal number) {
        String digits = number.unscaledValue().abs().toString();
        byte[] coded = new byte[digits.length() / 2 + 1];
        int nibble = 2 * coded.length - 1;
        coded[nibble / 2] = (byte) (number.signum() < 0 ? 0xd : 0xc);
        for (int i = digits.length() - 1; i >= 0; i--) {
            nibble--;
            coded[nibble / 2] |= (byte) ((digits.charAt(i) - '0') << (nibble % 2 == 0 ? 4 : 0));
        }
        return coded;
    }

    static void write(MessagePacker out, Interval interval) throws IOException {
        within(Integer.MAX_VALUE, interval.years(), "years");
        within(Integer.MAX_VALUE, interval.months(), "months");
        within(Integer.MAX_VALUE, interval.weeks(), "weeks");
        within(MOST_OF_UNIT, interval.days(), "days");
        within(MOST_OF_UNIT, interval.hours(), "hours");
        within(MOST_OF_UNIT, interval.minutes(), "minutes");
        within(MOST_OF_UNIT, interval.seconds(), "seconds");
        within(Integer.MAX_VALUE, interval.nanoseconds(), "nanoseconds");
        long[] fields = {
            interval.years(),
            interval.months(),
            interval.weeks(),
            interval.days(),
            interval.hours(),
            interval.minutes(),
            interval.seconds(),
            interval.nanoseconds(),
            number(interval.adjust())
        };
        int count = (int) Arrays.stream(fields).filter(field -> field != 0).count();
        byte[] data = Packer.pack(1, pairs -> {
            for (int key = 0; key < fields.length; key++) {
                if (fields[key] != 0) {
                    pairs.packInt(key).packLong(fields[key]);
                }
            }
        });
        data[0] = (byte) count;
        out.packExtensionTypeHeader(INTERVAL, data.length).writePayload(data);
    }

    private static void within(long most, long count, String unit) {
        if (count < -most || count > most) {
            throw new MismatchException(
                    "expected an interval of " + -most + " to " + most + " " + unit + ", got " + count);
        }
    }

    private static int number(Interval.Adjust adjust) {
        return switch (adjust) {
            case EXCESS -> 0;
            case NONE -> 1;
            case LAST -> 2;
        };
    }
}
