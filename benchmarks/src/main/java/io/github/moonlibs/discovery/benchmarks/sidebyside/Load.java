package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What callers do. Written as {@code 64}, {@code 20/work=0.5ms}, {@code 64/large=1MB}, {@code 64/delay=0.2ms}, or with several
 * of them.
 *
 * @param callers how many threads call at a time
 * @param work how long each computes between its calls
 * @param largeMegabytes the size of the replies that one more caller gets meanwhile; 0: there is none
 * @param delay of the network, each way
 */
public record Load(int callers, Duration work, int largeMegabytes, Duration delay) {
    private static final Pattern TEXT = Pattern.compile(
            "([1-9]\\d{0,5})"
                    + "(?:/work=(\\d{1,4}(?:\\.\\d{1,3})?)ms)?(?:/large=([1-9]\\d?)MB)?(?:/delay=(\\d{1,4}(?:\\.\\d{1,3})?)ms)?");

    /** What makes it different from calls alone. */
    enum Kind {
        CALLS,
        WORK,
        LARGE,
        NETWORK
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is no load
     */
    public static Load of(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "load " + text
                            + ": expected a number of callers from 1 to 999999, and then /work=0.5ms, /large=1MB or /delay=0.2ms");
        }
        return new Load(
                Integer.parseInt(parts.group(1)),
                millis(parts.group(2)),
                parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)),
                millis(parts.group(4)));
    }

    private static Duration millis(@Nullable String number) {
        return number == null
                ? Duration.ZERO
                : Duration.ofNanos(new BigDecimal(number).movePointRight(6).longValue());
    }

    Kind kind() {
        if (!delay.isZero()) {
            return Kind.NETWORK;
        }
        if (largeMegabytes > 0) {
            return Kind.LARGE;
        }
        return work.isZero() ? Kind.CALLS : Kind.WORK;
    }

    /** Whether callers do nothing but call, over the loopback. */
    public boolean isPlain() {
        return kind() == Kind.CALLS;
    }

    /** What the caller of this number asks for. */
    Request request(int number) {
        return new Request(work.isZero() ? Request.GET : Request.SEEN, number, 0);
    }

    /** What the one more caller asks for. */
    Request largeRequest() {
        return new Request(Request.LARGE, callers, largeMegabytes);
    }

    @Override
    public String toString() {
        return callers
                + (work.isZero() ? "" : "/work=" + text(work) + "ms")
                + (largeMegabytes == 0 ? "" : "/large=" + largeMegabytes + "MB")
                + (delay.isZero() ? "" : "/delay=" + text(delay) + "ms");
    }

    private static String text(Duration time) {
        return BigDecimal.valueOf(time.toNanos(), 6).stripTrailingZeros().toPlainString();
    }
}
