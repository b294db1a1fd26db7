package io.github.moonlibs.discovery.iproto.codec.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Converts numbers where no decimal digit is lost: 2.0 is the integer 2, the decimal 0.1 is the double 0.1, 2^62 is a
 * double, and 2^53+1 is none.
 */
public final class Numbers {
    /** Tarantool's decimals stay far below; writing out the zeros of a larger scale could fill the memory. */
    private static final int SANE_SCALE = 1_000;

    private Numbers() {}

    /** The number as the boxed type, or null if a digit would be lost. */
    public static @Nullable Number convert(Number number, Class<?> type) {
        try {
            if (type == Double.class) {
                return toDouble(number);
            }
            if (type == Float.class) {
                return toFloat(number);
            }
            if (number instanceof Long whole && type != BigDecimal.class && type != BigInteger.class) {
                return toInteger(whole, type);
            }
            if (type == BigDecimal.class) {
                return exact(number);
            }
            // 0x1p62 is an integer of 19 digits, of which only 16 are needed to tell it from other doubles
            BigDecimal exact = number instanceof Double binary ? new BigDecimal(binary) : exact(number);
            if (Math.abs((long) exact.scale()) > SANE_SCALE) {
                return null;
            }
            if (type == BigInteger.class) {
                return exact.toBigIntegerExact();
            }
            return toInteger(exact.longValueExact(), type);
        } catch (ArithmeticException | NumberFormatException lost) {
            // the first is a lost digit; the second NaN or an infinity, which have none
            return null;
        }
    }

    private static @Nullable Number toInteger(long number, Class<?> type) {
        if (type == Integer.class) {
            return Math.toIntExact(number);
        }
        if (type == Short.class) {
            return (short) number == number ? (Number) (short) number : null;
        }
        if (type == Byte.class) {
            return (byte) number == number ? (Number) (byte) number : null;
        }
        return type == Long.class ? (Number) number : null;
    }

    private static @Nullable Double toDouble(Number number) {
        double nearest = number.doubleValue();
        boolean same =
                sameDigits(number, Double.toString(nearest)) || exact(number).compareTo(new BigDecimal(nearest)) == 0;
        return same ? (Double) nearest : null;
    }

    private static @Nullable Float toFloat(Number number) {
        float nearest = number.floatValue();
        // a float on the wire has become a double: its shortest digits differ, its value does not
        boolean was = number instanceof Double wide && Double.compare(wide, nearest) == 0;
        boolean same = was
                || sameDigits(number, Float.toString(nearest))
                || exact(number).compareTo(new BigDecimal(nearest)) == 0;
        return same ? (Float) nearest : null;
    }

    private static boolean sameDigits(Number number, String shortest) {
        return exact(number).compareTo(new BigDecimal(shortest)) == 0;
    }

    private static BigDecimal exact(Number number) {
        return switch (number) {
            case Long whole -> BigDecimal.valueOf(whole);
            case BigInteger whole -> new BigDecimal(whole);
            case BigDecimal decimal -> decimal;
            default -> new BigDecimal(number.toString());
        };
    }
}
