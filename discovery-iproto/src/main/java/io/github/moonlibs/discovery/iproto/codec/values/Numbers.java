package io.github.moonlibs.discovery.iproto.codec.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Converts numbers where no decimal digit is lost: 2.0 is the integer 2, the decimal 0.1 is the double 0.1, and 2^53+1
 * is no double.
 */
public final class Numbers {
    /** Tarantool's decimals stay far below; writing out the zeros of a larger scale could fill the memory. */
    private static final int SANE_SCALE = 1_000;

    private Numbers() {}

    /** The number as the boxed type, or null if a digit would be lost. */
    static @Nullable Number convert(Number number, Class<?> type) {
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
            BigDecimal exact = exact(number);
            if (type == BigDecimal.class) {
                return exact;
            }
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
        return sameDigits(number, Double.toString(nearest)) ? (Double) nearest : null;
    }

    private static @Nullable Float toFloat(Number number) {
        float nearest = number.floatValue();
        // a float on the wire has become a double: its shortest digits differ, its value does not
        boolean was = number instanceof Double wide && Double.compare(wide, nearest) == 0;
        return was || sameDigits(number, Float.toString(nearest)) ? (Float) nearest : null;
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
