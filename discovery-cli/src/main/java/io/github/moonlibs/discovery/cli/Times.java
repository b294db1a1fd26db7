package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as people write and read them: {@code 500ms}, {@code 2s}, {@code 1m}. */
class Times implements ITypeConverter<Duration> {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    /** What is shown of a wrong one. */
    private static final int SHOWN = 40;

    private static final Duration LONGEST = Duration.ofDays(365);

    @Override
    public Duration convert(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new TypeConversionException(
                    "expected a time such as 500ms, 2s or 1m, got " + SafeText.cut(text, SHOWN));
        }
        long number = Long.parseLong(time.group(1));
        Duration converted = switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (converted.compareTo(LONGEST) > 0) {
            throw new TypeConversionException(
                    "expected a time of at most 8760h, a year, got " + SafeText.cut(text, SHOWN));
        }
        if (converted.isZero() && !mayBeZero()) {
            throw new TypeConversionException("expected a time above zero, got " + SafeText.cut(text, SHOWN));
        }
        return converted;
    }

    boolean mayBeZero() {
        return false;
    }

    /** A time that something takes, or that it doesn't happen at all. */
    static final class OrZero extends Times {
        @Override
        boolean mayBeZero() {
            return true;
        }
    }

    /** A short time with three digits at least: {@code 0.843 ms}, {@code 12.3 ms}, {@code 1204 ms}. */
    static String millis(Duration time) {
        double millis = time.toNanos() / 1e6;
        int digits = millis < 10 ? 3 : millis < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + digits + "f ms", millis);
    }

    /** A time as it is written on the command line, with a blank: {@code 500 ms}, {@code 5 s}. */
    static String whole(Duration time) {
        return time.toMillisPart() == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** A long time in its largest unit: {@code 3 s}, {@code 12 min}, {@code 5 h}. */
    static String rough(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
    }
}
