package io.github.moonlibs.discovery.iproto.codec.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Interval;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tarantool's datetimes and intervals as the JDK's types, where nothing is lost. */
public final class Times {
    private Times() {}

    /** The datetime as the type; null if it is none, or would lose its offset or its time. */
    public static @Nullable Object convert(OffsetDateTime time, Class<?> type) {
        if (type == Instant.class) {
            return time.toInstant();
        }
        if (type == ZonedDateTime.class) {
            return time.toZonedDateTime();
        }
        if (!time.getOffset().equals(ZoneOffset.UTC)) {
            return null;
        }
        if (type == LocalDateTime.class) {
            return time.toLocalDateTime();
        }
        return type == LocalDate.class && time.toLocalTime().equals(LocalTime.MIDNIGHT) ? time.toLocalDate() : null;
    }

    /** The interval as the type; null if it is none, or has units that the type has not. */
    public static @Nullable Object convert(Interval interval, Class<?> type) {
        try {
            if (type == Duration.class && !hasDays(interval)) {
                return Duration.ofHours(interval.hours())
                        .plusMinutes(interval.minutes())
                        .plusSeconds(interval.seconds())
                        .plusNanos(interval.nanoseconds());
            }
            if (type == Period.class && !hasTime(interval) && adjustsAsPeriods(interval)) {
                return Period.of(
                        Math.toIntExact(interval.years()),
                        Math.toIntExact(interval.months()),
                        Math.toIntExact(Math.addExact(Math.multiplyExact(interval.weeks(), 7L), interval.days())));
            }
            return null;
        } catch (ArithmeticException beyond) {
            return null;
        }
    }

    private static boolean hasDays(Interval interval) {
        return interval.years() != 0 || interval.months() != 0 || interval.weeks() != 0 || interval.days() != 0;
    }

    private static boolean hasTime(Interval interval) {
        return interval.hours() != 0
                || interval.minutes() != 0
                || interval.seconds() != 0
                || interval.nanoseconds() != 0;
    }

    /** A period that is added stops at the month's last day. Without months there is nothing to adjust. */
    private static boolean adjustsAsPeriods(Interval interval) {
        return interval.adjust() == Interval.Adjust.NONE || (interval.years() == 0 && interval.months() == 0);
    }

    static Interval interval(Duration duration) {
        long seconds = duration.getSeconds();
        long nanos = duration.getNano();
        boolean mixed = seconds < 0 && nanos > 0;
        return new Interval(
                0,
                0,
                0,
                0,
                0,
                0,
                mixed ? seconds + 1 : seconds,
                mixed ? nanos - 1_000_000_000 : nanos,
                Interval.Adjust.NONE);
    }

    static Interval interval(Period period) {
        return new Interval(
                period.getYears(), period.getMonths(), 0, period.getDays(), 0, 0, 0, 0, Interval.Adjust.NONE);
    }

    /**
     * The numbers that datetimes have for time zones: those of {@code require('datetime').TZ} whose names the JDK knows, as a
     * server of 3.3 has them. Numbers are only ever added.
     */
    private static final class Zones {
        private static final Map<Integer, ZoneId> KNOWN = new HashMap<>();
        private static final Map<String, Integer> NUMBERS = new HashMap<>();

        static {
            Set<String> available = ZoneId.getAvailableZoneIds();
            try (InputStream file = Objects.requireNonNull(Times.class.getResourceAsStream("time-zones.txt"));
                    BufferedReader lines = new BufferedReader(new InputStreamReader(file, UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int space = line.indexOf(' ');
                    int number = Integer.parseInt(line.substring(0, space));
                    String name = line.substring(space + 1);
                    NUMBERS.put(name, number);
                    if (available.contains(name)) {
                        KNOWN.put(number, ZoneId.of(name));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The zone of a number; null if the list or this JDK has none. */
    static @Nullable ZoneId zone(int number) {
        return Zones.KNOWN.get(number);
    }

    /** The number of a zone; 0 if there is none. */
    static int number(ZoneId zone) {
        return Zones.NUMBERS.getOrDefault(zone.getId(), 0);
    }
}
