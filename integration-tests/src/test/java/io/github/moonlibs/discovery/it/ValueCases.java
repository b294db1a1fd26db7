package io.github.moonlibs.discovery.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.ByName;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What docs/values.md says about values: which Lua makes, how they are read, and what Lua sees of Java's. */
final class ValueCases {
    private static final UUID ID = UUID.fromString("64d22e4d-ac92-4a23-899a-e59f34af5479");
    private static final BigInteger GREATEST =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final List<Class<?>> TIMES =
            List.of(Instant.class, OffsetDateTime.class, ZonedDateTime.class, LocalDateTime.class, LocalDate.class);
    private static final List<Class<?>> INTERVALS = List.of(Interval.class, Duration.class, Period.class);

    private ValueCases() {}

    enum Colour {
        RED
    }

    record Point(int x, @Nullable Integer y) {}

    record Size(int bytes) {}

    /** In another order than the space's fields. */
    @ByName
    record User(String name, long id) {}

    /** The servers that a row is about: from a version on, and up to another that is not one of them; empty: any. */
    record Servers(String from, String to) {
        static final Servers ALL = new Servers("", "");

        static Servers since(String version) {
            return new Servers(version, "");
        }

        static Servers before(String version) {
            return new Servers("", version);
        }

        @Override
        public String toString() {
            return !from.isEmpty() ? "since " + from : to.isEmpty() ? "" : "before " + to;
        }
    }

    /** A value read as a type. */
    record Reading(Type type, @Nullable Object value) {}

    /**
     * A value that a procedure returns.
     *
     * @param lua an expression
     * @param readings as {@code Object}, then as other types
     * @param refused the types that it can't be read as
     */
    record Returned(String kind, String lua, Servers servers, List<Reading> readings, List<Type> refused) {
        Returned as(Type type, @Nullable Object value) {
            List<Reading> more = new ArrayList<>(readings);
            more.add(new Reading(type, value));
            return new Returned(kind, lua, servers, more, refused);
        }

        /** As each of the types, the same value as the object is. */
        Returned asIs(Type... types) {
            Returned more = this;
            for (Type type : types) {
                more = more.as(type, readings.getFirst().value());
            }
            return more;
        }

        Returned not(Type... types) {
            return new Returned(kind, lua, servers, readings, List.of(types));
        }

        /** The others of the types, as which it hasn't been read, are refused. */
        private Returned notOthers(List<Class<?>> types) {
            List<Class<?>> others = new ArrayList<>(types);
            readings.forEach(reading -> others.remove(reading.type()));
            return not(others.toArray(Type[]::new));
        }
    }

    /**
     * An argument.
     *
     * @param java how it is written
     * @param type what it is on the server, the way Lua tells
     * @param text what it is there, as text
     */
    record Sent(String java, @Nullable Object value, Servers servers, String type, String text) {}

    /** An argument that can't be sent, and the end of the message that says so. */
    record Unsent(String java, Object value, String message) {}

    private static Returned returned(String kind, String lua, @Nullable Object raw) {
        return returned(kind, lua, Servers.ALL, raw);
    }

    private static Returned returned(String kind, String lua, Servers servers, @Nullable Object raw) {
        return new Returned(kind, lua, servers, List.of(new Reading(Object.class, raw)), List.of());
    }

    /** A datetime, and what it is as the types of {@link #TIMES} that fit. */
    private static Returned time(String arguments, OffsetDateTime raw, Object... readings) {
        Returned returned = returned("datetime", "datetime.new{" + arguments + "}", Servers.since("2.10"), raw)
                .as(Instant.class, raw.toInstant())
                .as(OffsetDateTime.class, raw);
        for (Object reading : readings) {
            returned = returned.as(reading.getClass(), reading);
        }
        return returned.notOthers(TIMES);
    }

    private static Returned interval(String arguments, Interval raw, Object... readings) {
        Returned returned = returned("interval", "datetime.interval.new{" + arguments + "}", Servers.since("2.10"), raw)
                .as(Interval.class, raw);
        for (Object reading : readings) {
            returned = returned.as(reading.getClass(), reading);
        }
        return returned.notOthers(INTERVALS);
    }

    static List<Returned> returned() {
        List<Returned> all = new ArrayList<>(scalars());
        all.addAll(numbers());
        all.addAll(tables());
        all.addAll(times());
        all.addAll(errors());
        return all;
    }

    private static List<Returned> scalars() {
        byte[] word = "Grüße".getBytes(UTF_8);
        return List.of(
                returned("nil", "nil", null)
                        .asIs(String.class)
                        .as(new TypeRef<Optional<String>>() {}.type(), Optional.empty()),
                returned("nil", "box.NULL", null).asIs(Integer.class),
                returned("boolean", "true", true).asIs(boolean.class).not(String.class, int.class),
                returned("string", "'Grüße'", "Grüße")
                        .asIs(String.class)
                        .as(byte[].class, word)
                        .not(char.class, int.class, Colour.class),
                returned("string", "'R'", "R").asIs(String.class).as(char.class, 'R'),
                returned("string", "'RED'", "RED").as(Colour.class, Colour.RED),
                returned("string, not UTF-8", "'\\255\\254'", new byte[] {-1, -2})
                        .asIs(byte[].class)
                        .not(String.class),
                returned("varbinary", "varbinary.new('ab')", Servers.since("3.0"), new byte[] {'a', 'b'})
                        .asIs(byte[].class)
                        .not(String.class),
                returned("uuid", "uuid.fromstr('" + ID + "')", ID)
                        .asIs(UUID.class)
                        .not(String.class));
    }

    private static List<Returned> numbers() {
        return List.of(
                returned("integer", "42", 42L)
                        .as(byte.class, (byte) 42)
                        .as(short.class, (short) 42)
                        .as(int.class, 42)
                        .as(long.class, 42L)
                        .as(float.class, 42f)
                        .as(double.class, 42d)
                        .as(Number.class, 42L)
                        .as(BigInteger.class, BigInteger.valueOf(42))
                        .as(BigDecimal.class, BigDecimal.valueOf(42))
                        .not(boolean.class, String.class),
                returned("integer", "9007199254740993LL", 9_007_199_254_740_993L)
                        .as(long.class, 9_007_199_254_740_993L)
                        .not(int.class, double.class),
                returned("integer", "-9223372036854775808LL", Long.MIN_VALUE)
                        .as(long.class, Long.MIN_VALUE)
                        .as(double.class, -0x1p63)
                        .not(int.class),
                returned("integer", "18446744073709551615ULL", GREATEST)
                        .as(BigInteger.class, GREATEST)
                        .as(BigDecimal.class, new BigDecimal(GREATEST))
                        .not(long.class, double.class),
                returned("double", "0.1", 0.1)
                        .as(double.class, 0.1)
                        .as(float.class, 0.1f)
                        .as(BigDecimal.class, new BigDecimal("0.1"))
                        .not(int.class, BigInteger.class),
                returned("double", "2.0", 2L).as(int.class, 2).as(double.class, 2d),
                returned("double", "-0.0", 0L).as(double.class, 0d).as(int.class, 0),
                returned("double", "1e300", 1e300).as(double.class, 1e300).not(float.class, long.class),
                returned("double", "0/0", Double.NaN)
                        .as(double.class, Double.NaN)
                        .as(float.class, Float.NaN)
                        .not(long.class, BigDecimal.class),
                returned("double", "-1/0", Double.NEGATIVE_INFINITY)
                        .as(double.class, Double.NEGATIVE_INFINITY)
                        .as(float.class, Float.NEGATIVE_INFINITY)
                        .not(long.class, BigDecimal.class),
                returned("float", "ffi.cast('float', 0.1)", (double) 0.1f)
                        .as(float.class, 0.1f)
                        .as(double.class, (double) 0.1f),
                returned("decimal", "decimal.new('1.50')", new BigDecimal("1.50"))
                        .as(BigDecimal.class, new BigDecimal("1.50"))
                        .as(double.class, 1.5)
                        .not(int.class, String.class),
                returned("decimal", "decimal.new('-7')", new BigDecimal("-7"))
                        .as(int.class, -7)
                        .as(BigInteger.class, BigInteger.valueOf(-7)),
                returned(
                                "decimal",
                                "decimal.new('0.1000000000000000000000000001')",
                                new BigDecimal("0.1000000000000000000000000001"))
                        .as(BigDecimal.class, new BigDecimal("0.1000000000000000000000000001"))
                        .not(double.class));
    }

    private static List<Returned> tables() {
        Type names = new TypeRef<List<String>>() {}.type();
        Type counts = new TypeRef<Map<String, Integer>>() {}.type();
        Type byNumber = new TypeRef<Map<Integer, String>>() {}.type();
        return List.of(
                returned("array", "{1, 2}", List.of(1L, 2L))
                        .as(new TypeRef<List<Integer>>() {}.type(), List.of(1, 2))
                        .as(new TypeRef<Set<Long>>() {}.type(), Set.of(1L, 2L))
                        .as(int[].class, new int[] {1, 2})
                        .as(new TypeRef<Map<Integer, Long>>() {}.type(), Map.of(1, 1L, 2, 2L))
                        .as(Point.class, new Point(1, 2))
                        .not(names, counts, User.class),
                returned("empty table", "{}", List.of()).as(names, List.of()).as(counts, Map.of()),
                returned("map", "{x = 1}", Map.of("x", 1L))
                        .as(counts, Map.of("x", 1))
                        .as(Point.class, new Point(1, null))
                        .not(names, int[].class),
                returned("sparse table", "{[3] = 'c'}", Arrays.asList(null, null, "c"))
                        .as(byNumber, nullableMap(1, null, 2, null, 3, "c")),
                returned("sparse table", "{[100] = 'ten tens'}", Map.of(100L, "ten tens"))
                        .as(byNumber, Map.of(100, "ten tens"))
                        .not(names, counts),
                returned("array with a hole", "{'a', nil, 'c'}", Arrays.asList("a", null, "c"))
                        .as(String[].class, new @Nullable String[] {"a", null, "c"})
                        .as(byNumber, nullableMap(1, "a", 2, null, 3, "c"))
                        .not(int[].class),
                returned("array and map", "{'a', x = 1}", Map.of(1L, "a", "x", 1L))
                        .as(new TypeRef<Map<Object, Object>>() {}.type(), Map.of(1L, "a", "x", 1L))
                        .not(names, counts),
                returned("tuple without names", "box.tuple.new{1, 2}", List.of(1L, 2L))
                        .as(Point.class, new Point(1, 2))
                        .as(int[].class, new int[] {1, 2})
                        .not(counts, User.class),
                returned("tuple of a space", "box.space.users:get(1)", List.of(1L, "Ann"))
                        .as(Object[].class, new Object[] {1L, "Ann"}),
                returned("tuple with names", "box.space.users:get(1)", Servers.since("3.0"), List.of(1L, "Ann"))
                        .as(User.class, new User("Ann", 1))
                        .as(new TypeRef<Map<String, Object>>() {}.type(), nullableMap("id", 1L, "name", "Ann")));
    }

    private static Map<Object, @Nullable Object> nullableMap(@Nullable Object... keysAndValues) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(Objects.requireNonNull(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }

    private static List<Returned> times() {
        OffsetDateTime day = OffsetDateTime.parse("2024-02-29T00:00Z");
        OffsetDateTime before = OffsetDateTime.parse("1969-12-31T23:59:59.5Z");
        OffsetDateTime nanosecond = OffsetDateTime.parse("2024-02-29T12:30:00.000000001Z");
        OffsetDateTime bc = OffsetDateTime.parse("-0044-03-15T00:00Z");
        OffsetDateTime far = OffsetDateTime.parse("+12345-01-01T00:00Z");
        OffsetDateTime least = OffsetDateTime.parse("-5879610-06-22T00:00Z");
        OffsetDateTime greatest = OffsetDateTime.parse("+5879611-07-11T00:00Z");
        OffsetDateTime east = OffsetDateTime.parse("2024-02-29T00:00+14:00");
        OffsetDateTime moscow = OffsetDateTime.parse("2024-01-01T00:00+03:00");
        OffsetDateTime summer = OffsetDateTime.parse("2024-07-01T00:00+01:00");
        return List.of(
                time(
                        "year = 2024, month = 2, day = 29",
                        day,
                        day.toZonedDateTime(),
                        day.toLocalDateTime(),
                        day.toLocalDate()),
                time(
                        "year = 2024, month = 2, day = 29, hour = 12, min = 30, nsec = 1",
                        nanosecond,
                        nanosecond.toZonedDateTime(),
                        nanosecond.toLocalDateTime()),
                time("timestamp = -0.5", before, before.toZonedDateTime(), before.toLocalDateTime()),
                time(
                        "year = -44, month = 3, day = 15",
                        bc,
                        bc.toZonedDateTime(),
                        bc.toLocalDateTime(),
                        bc.toLocalDate()),
                time("year = 12345", far, far.toZonedDateTime(), far.toLocalDateTime(), far.toLocalDate()),
                time(
                        "year = -5879610, month = 6, day = 22",
                        least,
                        least.toZonedDateTime(),
                        least.toLocalDateTime(),
                        least.toLocalDate()),
                time(
                        "year = 5879611, month = 7, day = 11",
                        greatest,
                        greatest.toZonedDateTime(),
                        greatest.toLocalDateTime(),
                        greatest.toLocalDate()),
                time("year = 2024, month = 2, day = 29, tzoffset = 840", east, east.toZonedDateTime()),
                time("year = 2024, tz = 'Europe/Moscow'", moscow, moscow.atZoneSameInstant(ZoneId.of("Europe/Moscow"))),
                time("year = 2024, tz = 'MSK'", moscow, moscow.toZonedDateTime()),
                time("year = 2024, month = 7, tz = 'CET'", summer, summer.toZonedDateTime()),
                interval(
                        "hour = 1, min = -2, sec = 3, nsec = 4",
                        hours(1, -2, 3, 4),
                        Duration.parse("PT1H-2M3.000000004S")),
                interval("sec = -1, nsec = -500000000", hours(0, 0, -1, -500_000_000), Duration.ofMillis(-1500)),
                interval(
                        "year = 1, month = -2, week = 3, day = 4",
                        days(1, -2, 3, 4, Interval.Adjust.NONE),
                        Period.of(1, -2, 25)),
                interval("month = 1, adjust = 'last'", days(0, 1, 0, 0, Interval.Adjust.LAST)),
                interval("month = 1, adjust = 'excess'", days(0, 1, 0, 0, Interval.Adjust.EXCESS)),
                interval("day = 1, hour = 1", new Interval(0, 0, 0, 1, 1, 0, 0, 0, Interval.Adjust.NONE)),
                interval("", hours(0, 0, 0, 0), Duration.ZERO, Period.ZERO));
    }

    private static Interval hours(long hours, long minutes, long seconds, long nanoseconds) {
        return new Interval(0, 0, 0, 0, hours, minutes, seconds, nanoseconds, Interval.Adjust.NONE);
    }

    private static Interval days(long years, long months, long weeks, long days, Interval.Adjust adjust) {
        return new Interval(years, months, weeks, days, 0, 0, 0, 0, adjust);
    }

    private static List<Returned> errors() {
        String lua = "box.error.new{code = 42, reason = 'no access'}";
        TarantoolError error = new TarantoolError(42, "ClientError", "no access", "", 0, 0, Map.of(), null);
        return List.of(
                returned("error", lua, Servers.before("2.10"), "no access").asIs(String.class),
                returned("error", lua, Servers.since("2.10"), error)
                        .as(TarantoolError.class, error)
                        .not(String.class));
    }

    private static Sent sent(String java, @Nullable Object value, String type, String text) {
        return new Sent(java, value, Servers.ALL, type, text);
    }

    private static Sent sentTime(String java, Object value, String text) {
        return new Sent(java, value, Servers.since("2.10"), "cdata, datetime", text);
    }

    private static Sent sentInterval(String java, Object value, String text) {
        return new Sent(java, value, Servers.since("2.10"), "cdata, interval", text);
    }

    static List<Sent> sent() {
        return List.of(
                sent("null", null, "cdata, nil", "null"),
                sent("true", true, "boolean", "true"),
                sent("(byte) -1", (byte) -1, "number", "-1"),
                sent("42", 42, "number", "42"),
                sent("9_007_199_254_740_993L", 9_007_199_254_740_993L, "cdata, uint64_t", "9007199254740993ULL"),
                sent("Long.MIN_VALUE", Long.MIN_VALUE, "cdata, int64_t", "-9223372036854775808LL"),
                sent("BigInteger.TWO.pow(63)", BigInteger.TWO.pow(63), "cdata, uint64_t", "9223372036854775808ULL"),
                sent("1.5f", 1.5f, "number", "1.5"),
                sent("0.1", 0.1, "number", "0.1"),
                sent("-0.0", -0.0, "number", "-0"),
                sent("Double.NaN", Double.NaN, "number", "nan"),
                sent("Double.POSITIVE_INFINITY", Double.POSITIVE_INFINITY, "number", "inf"),
                sent("new BigDecimal(\"1.50\")", new BigDecimal("1.50"), "cdata, decimal", "1.50"),
                sent("'x'", 'x', "string", "x"),
                sent("\"Grüße\"", "Grüße", "string", "Grüße"),
                new Sent("new byte[] {1, 2}", new byte[] {1, 2}, Servers.before("3.0"), "string", "\\1\\2"),
                new Sent("new byte[] {1, 2}", new byte[] {1, 2}, Servers.since("3.0"), "cdata, varbinary", "\\1\\2"),
                sent("Colour.RED", Colour.RED, "string", "RED"),
                sent("Optional.of(1)", Optional.of(1), "number", "1"),
                sent("Optional.empty()", Optional.empty(), "cdata, nil", "null"),
                sent("UUID.fromString(\"" + ID + "\")", ID, "cdata, uuid", ID.toString()),
                sent("List.of(1, \"a\")", List.of(1, "a"), "table", "[1,\"a\"]"),
                sent("Set.of(1)", Set.of(1), "table", "[1]"),
                sent("new int[] {1, 2}", new int[] {1, 2}, "table", "[1,2]"),
                sent("new String[0]", new String[0], "table", "[]"),
                sent("Map.of(\"x\", 1)", Map.of("x", 1), "table", "{\"x\":1}"),
                sent("Map.of()", Map.of(), "table", "{}"),
                sent("new Size(1)", new Size(1), "table", "{\"bytes\":1}"),
                sentTime(
                        "Instant.parse(\"2024-02-29T12:30:00.000000001Z\")",
                        Instant.parse("2024-02-29T12:30:00.000000001Z"),
                        "2024-02-29T12:30:00.000000001Z"),
                sentTime(
                        "OffsetDateTime.parse(\"2024-02-29T12:30-12:00\")",
                        OffsetDateTime.parse("2024-02-29T12:30-12:00"),
                        "2024-02-29T12:30:00-1200"),
                sentTime(
                        "ZonedDateTime.parse(\"2024-02-29T12:30+01:00[Europe/Paris]\")",
                        ZonedDateTime.parse("2024-02-29T12:30+01:00[Europe/Paris]"),
                        "2024-02-29T12:30:00 Europe/Paris"),
                sentTime(
                        "LocalDateTime.parse(\"2024-02-29T12:30\")",
                        LocalDateTime.parse("2024-02-29T12:30"),
                        "2024-02-29T12:30:00Z"),
                sentTime("LocalDate.of(-44, 3, 15)", LocalDate.of(-44, 3, 15), "-044-03-15T00:00:00Z"),
                sentTime("LocalDate.of(12345, 1, 1)", LocalDate.of(12345, 1, 1), "12345-01-01T00:00:00Z"),
                sentTime(
                        "LocalDate.of(-5_879_610, 6, 22)", LocalDate.of(-5_879_610, 6, 22), "-5879610-06-22T00:00:00Z"),
                sentTime("LocalDate.of(5_879_611, 7, 11)", LocalDate.of(5_879_611, 7, 11), "5879611-07-11T00:00:00Z"),
                sentInterval("Duration.ofMillis(1500)", Duration.ofMillis(1500), "+1 seconds, 500000000 nanoseconds"),
                sentInterval(
                        "Duration.ofMillis(-1500)", Duration.ofMillis(-1500), "-1 seconds, -500000000 nanoseconds"),
                sentInterval("Duration.ofDays(2)", Duration.ofDays(2), "+172800 seconds"),
                sentInterval("Duration.ofSeconds(1L << 53)", Duration.ofSeconds(1L << 53), "+9007199254740992 seconds"),
                sentInterval("Period.of(1, -2, 3)", Period.of(1, -2, 3), "+1 years, -2 months, 3 days"),
                sentInterval("Period.ZERO", Period.ZERO, "+0 seconds"),
                sentInterval(
                        "new Interval(0, 1, 2, 0, 0, 0, 0, 0, Interval.Adjust.LAST)",
                        new Interval(0, 1, 2, 0, 0, 0, 0, 0, Interval.Adjust.LAST),
                        "+1 months, 2 weeks"),
                sent(
                        "new TarantoolError(42, \"ClientError\", \"no access\", \"a.lua\", 1, 0, Map.of(), null)",
                        new TarantoolError(42, "ClientError", "no access", "a.lua", 1, 0, Map.of(), null),
                        "cdata, error",
                        "no access"));
    }

    static List<Unsent> unsent() {
        return List.of(
                new Unsent(
                        "BigInteger.TWO.pow(64)",
                        BigInteger.TWO.pow(64),
                        "expected an integer from -2^63 to 2^64-1, got 18446744073709551616"),
                new Unsent("new BigDecimal(\"1e-77\")", new BigDecimal("1e-77"), "got one of 1 digits and scale 77"),
                new Unsent("\"\\ud83d\"", "\ud83d", "got one with half a surrogate pair"),
                new Unsent("Instant.MAX", Instant.MAX, "got +1000000000-12-31T23:59:59.999999999Z"),
                new Unsent(
                        "OffsetDateTime.parse(\"2024-02-29T12:30+15:00\")",
                        OffsetDateTime.parse("2024-02-29T12:30+15:00"),
                        "expected an offset from -12:00 to +14:00, got +15:00"),
                new Unsent(
                        "ZonedDateTime.parse(\"1900-01-01T00:00+00:09:21[Europe/Paris]\")",
                        ZonedDateTime.parse("1900-01-01T00:00+00:09:21[Europe/Paris]"),
                        "expected an offset of whole minutes, got 1900-01-01T00:00+00:09:21[Europe/Paris]"),
                new Unsent(
                        "ZonedDateTime.parse(\"2024-02-29T12:30+03:00[UTC+03:00]\")",
                        ZonedDateTime.parse("2024-02-29T12:30+03:00[UTC+03:00]"),
                        "got one with the zone UTC+03:00; toOffsetDateTime() makes one with an offset of it"),
                new Unsent(
                        "Duration.ofSeconds(Long.MAX_VALUE)",
                        Duration.ofSeconds(Long.MAX_VALUE),
                        "seconds, got 9223372036854775807"),
                new Unsent(
                        "Period.ofYears(Integer.MIN_VALUE)",
                        Period.ofYears(Integer.MIN_VALUE),
                        "years, got -2147483648"));
    }
}
