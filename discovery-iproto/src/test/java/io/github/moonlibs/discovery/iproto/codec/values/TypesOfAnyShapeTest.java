package io.github.moonlibs.discovery.iproto.codec.values;

import static io.github.moonlibs.discovery.iproto.codec.values.ObjectsTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.spi.ValueConverter;
import io.github.moonlibs.discovery.types.Types;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Generic types of any depth, other collections, dates and times, and foreign types by converters. */
class TypesOfAnyShapeTest {
    record User(long id, String name) {}

    private static final List<Object> ANN = List.of(1, "Ann");
    private static final User ANN_AS_USER = new User(1, "Ann");

    @Test
    void aTypeTokenReadsGenericTypesOfAnyDepth() {
        Result byCity = Values.echo(Map.of("Paris", List.of(ANN)));
        Map<String, List<User>> read = byCity.as(new TypeRef<>() {});
        assertThat(read).isEqualTo(Map.of("Paris", List.of(ANN_AS_USER)));
        assertThat(byCity.as(new TypeRef<Map<String, Set<Optional<User>>>>() {}))
                .isEqualTo(Map.of("Paris", Set.of(Optional.of(ANN_AS_USER))));
        assertThat(byCity.as(new TypeRef<Optional<Map<String, User[]>>>() {})).isPresent();
        Type asType = new TypeRef<Map<String, List<User>>>() {}.type();
        assertThat(byCity.as(asType)).isEqualTo(read);
        assertThat(byCity.get(0, asType)).isEqualTo(read);
        assertThat(Values.echo(1, "Ann").asRow(new TypeRef<User>() {})).isEqualTo(ANN_AS_USER);
        assertThat(Values.echo((Object) null).as(new TypeRef<Optional<User>>() {}))
                .isEqualTo(Optional.empty());
        assertRefused(
                () -> Values.echo(Map.of("Paris", List.of(ANN, List.of("x", "Bob"))))
                        .as(asType),
                "f: value 0[\"Paris\"][1].id: expected a whole number (long), got the string \"x\"");
    }

    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;
    }

    @Test
    void collectionsAndMapsAreOfTheClassThatIsAskedFor() {
        Result result = Values.echo(List.of("b", "a"), Map.of("k", 1));
        assertThat(result.get(0, new TypeRef<Deque<String>>() {})).containsExactly("b", "a");
        assertThat(result.get(0, new TypeRef<SortedSet<String>>() {})).containsExactly("a", "b");
        assertThat(result.get(0, new TypeRef<Iterable<String>>() {})).containsExactly("b", "a");
        assertThat(result.get(0, Names.class)).isInstanceOf(Names.class).containsExactly("b", "a");
        assertThat(result.get(1, new TypeRef<NavigableMap<String, Long>>() {}))
                .isEqualTo(new TreeMap<>(Map.of("k", 1L)));
        assertThat(result.get(1, new TypeRef<ConcurrentHashMap<String, Short>>() {}))
                .containsEntry("k", (short) 1);
        assertRefused(() -> result.get(0, new TypeRef<List<Thread>>() {}), "cannot read Thread; expected a type that");
        assertRefused(() -> result.get(0, new TypeRef<Names[]>() {}), "value 0[0]: expected an array, got the string");
        assertRefused(
                () -> Values.echo(List.of(1, "a")).as(new TypeRef<SortedSet<Object>>() {}),
                "value 0: the collection refused the values: java.lang.ClassCastException");
    }

    @Test
    void aCharacterIsAStringOfOne() {
        assertThat(Values.echo('ü', 'x').values()).containsExactly("ü", "x");
        assertThat(Values.echo("x").as(char.class)).isEqualTo('x');
        assertThat(Values.echo(List.of("x", "y")).as(char[].class)).containsExactly('x', 'y');
        assertRefused(
                () -> Values.echo("xy").as(char.class),
                "value 0: expected a string of one character (char), got the string \"xy\"");
    }

    @Test
    void datesAndTimesAreDatetimes() {
        LocalDate day = LocalDate.parse("2024-02-29");
        LocalDateTime noon = day.atTime(12, 30, 0, 500);
        ZonedDateTime offset = ZonedDateTime.parse("2024-02-29T12:30:00+03:00");
        assertThat(Values.echo(day).as(LocalDate.class)).isEqualTo(day);
        assertThat(Values.echo(noon).as(LocalDateTime.class)).isEqualTo(noon);
        assertThat(Values.echo(offset).as(ZonedDateTime.class)).isEqualTo(offset);
        assertThat(Values.echo(offset).get(0)).isEqualTo(offset.toOffsetDateTime());
        assertThat(Values.echo(day).as(Instant.class)).isEqualTo(Instant.parse("2024-02-29T00:00:00Z"));
        assertRefused(
                () -> Values.echo(noon).as(LocalDate.class),
                "expected a datetime without an offset, at midnight (LocalDate), got the datetime 2024-02-29T12:30");
        assertRefused(
                () -> Values.echo(OffsetDateTime.parse("2024-02-29T00:00+03:00"))
                        .as(LocalDateTime.class),
                "expected a datetime without an offset (LocalDateTime), got the datetime 2024-02-29T00:00+03:00");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(noon.atZone(ZoneId.of("UTC+3"))))
                .withMessageContaining("a zone that Tarantool knows, got one with the zone UTC+03:00");
        ZonedDateTime moscow = noon.atZone(ZoneId.of("Europe/Moscow"));
        assertThat(Values.echo(moscow).as(ZonedDateTime.class)).isEqualTo(moscow);
        // the number that a server of 3.3 has for it
        assertThat(Values.echo(moscow).raw().order(ByteOrder.LITTLE_ENDIAN).getShort(17))
                .isEqualTo((short) 947);
        assertRefused(() -> Values.echo("x").as(ZonedDateTime.class), "expected a datetime (ZonedDateTime)");
        assertRefused(() -> Values.echo(Duration.ZERO).as(ZonedDateTime.class), "expected a datetime (ZonedDateTime)");
    }

    @Test
    void durationsAndPeriodsAreIntervals() {
        for (Duration duration : List.of(Duration.ofMillis(1500), Duration.ofMillis(-1500), Duration.ofDays(3))) {
            assertThat(Values.echo(duration).as(Duration.class)).isEqualTo(duration);
        }
        assertThat(Values.echo(Period.of(1, -2, 3)).as(Period.class)).isEqualTo(Period.of(1, -2, 3));
        Interval hours = new Interval(0, 0, 0, 0, 1, 2, 3, 4, Interval.Adjust.NONE);
        Interval weeks = new Interval(0, 0, 2, 1, 0, 0, 0, 0, Interval.Adjust.EXCESS);
        Interval excess = new Interval(0, 1, 0, 0, 0, 0, 0, 0, Interval.Adjust.EXCESS);
        assertThat(Values.echo(hours).as(Duration.class)).isEqualTo(Duration.parse("PT1H2M3.000000004S"));
        assertThat(Values.echo(weeks).as(Period.class)).isEqualTo(Period.ofDays(15));
        assertRefused(
                () -> Values.echo(weeks).as(Duration.class),
                "expected an interval of hours, minutes and seconds (Duration), got the interval 2 weeks, 1 day");
        assertRefused(() -> Values.echo(excess).as(Period.class), "got the interval 1 month (excess days count on)");
        assertRefused(
                () -> Values.echo(new Interval(0, 0, 0, 0, 1L << 53, 0, 0, 0, Interval.Adjust.NONE))
                        .as(Duration.class),
                "expected an interval of hours");
    }

    @Test
    void aZoneThatMeansAnotherOffsetToTheServerIsItsOffset() {
        ZonedDateTime winter = ZonedDateTime.parse("2024-01-01T00:00:00+01:00[CET]");
        assertThat(Values.echo(winter).as(ZonedDateTime.class)).isEqualTo(winter);

        // what a server sends for datetime.new{year = 2024, month = 7, day = 1, tz = 'CET'}
        ByteBuffer data = ByteBuffer.wrap(HexFormat.of().parseHex("70e3816600000000000000003c009b00"));
        assertThat(Values.echo(new Extension((byte) 4, data)).as(ZonedDateTime.class))
                .isEqualTo(ZonedDateTime.parse("2024-07-01T00:00:00+01:00"));
    }

    @Test
    void timesThatServersCannotHoldAreNotSent() {
        for (LocalDateTime edge : List.of(
                LocalDateTime.parse("-5879610-06-22T00:00:00"), LocalDateTime.parse("+5879611-07-11T00:00:00"))) {
            assertThat(Values.echo(edge).as(LocalDateTime.class)).isEqualTo(edge);
        }
        assertNotSent(
                Instant.parse("-5879610-06-21T23:59:59.999999999Z"),
                "expected a time from -5879610-06-22T00:00:00Z to +5879611-07-11T00:00:00Z,"
                        + " got -5879610-06-21T23:59:59.999999999Z");
        assertNotSent(LocalDateTime.parse("+5879611-07-11T00:00:01"), "expected a time from ");
        assertNotSent(LocalDate.MAX, "got +999999999-12-31T00:00:00Z");
        assertNotSent(
                OffsetDateTime.parse("2024-01-01T00:00+14:01"), "expected an offset from -12:00 to +14:00, got +14:01");
        assertNotSent(ZonedDateTime.parse("2024-01-01T00:00-12:01"), "got -12:01");
    }

    @Test
    void intervalsThatServersCannotHoldAreNotSent() {
        Duration longest = Duration.ofSeconds(-(1L << 53), -999_999_999);
        assertThat(Values.echo(longest).as(Duration.class)).isEqualTo(longest);
        Period greatest = Period.of(Integer.MAX_VALUE, -Integer.MAX_VALUE, Integer.MIN_VALUE);
        assertThat(Values.echo(greatest).as(Period.class)).isEqualTo(greatest);

        assertNotSent(
                Duration.ofSeconds((1L << 53) + 1),
                "expected an interval of -9007199254740992 to 9007199254740992 seconds, got 9007199254740993");
        assertNotSent(Duration.ofSeconds(Long.MIN_VALUE), "seconds, got -9223372036854775808");
        assertNotSent(Period.ofMonths(Integer.MIN_VALUE), "2147483647 months, got -2147483648");
        assertNotSent(
                new Interval(0, 0, 0, 0, 0, 0, 0, 3_000_000_000L, Interval.Adjust.NONE),
                "2147483647 nanoseconds, got 3000000000");
    }

    private static void assertNotSent(Object value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(value))
                .withMessageStartingWith("argument 0: ")
                .withMessageContaining(message);
    }

    record Money(long cents, Currency currency) {}

    static class Shape {}

    static final class Circle extends Shape {}

    record Multimap<K, V>(Map<K, List<V>> entries) {}

    private static final ValueConverter<Currency, String> CURRENCY =
            ValueConverter.of(Currency.class, String.class, Currency::getInstance, Currency::getCurrencyCode);

    private static Types with(ValueConverter<?, ?>... converters) {
        var options = DiscoveryClient.builder().endpoints("a:1");
        for (ValueConverter<?, ?> converter : converters) {
            options.converter(converter);
        }
        return Types.of(options.build());
    }

    @Test
    void aConverterReadsAndSendsAForeignType() {
        Money price = new Money(1250, Currency.getInstance("EUR"));
        Types types = with(CURRENCY);
        assertThat(Values.echo(types, price).get(0)).isEqualTo(Map.of("cents", 1250L, "currency", "EUR"));
        assertThat(Values.echo(types, price).as(Money.class)).isEqualTo(price);
        assertThat(Values.echo(types, Map.of("prices", List.of(price))).as(new TypeRef<Map<String, List<Money>>>() {}))
                .isEqualTo(Map.of("prices", List.of(price)));
        assertRefused(
                () -> Values.echo(types, Map.of("cents", 1, "currency", "XYZ1")).as(Money.class),
                "f: value 0.currency: the converter of Currency threw java.lang.IllegalArgumentException");
        assertRefused(() -> Values.echo("EUR").as(Currency.class), "cannot read Currency; expected a type that");
    }

    @Test
    void aConverterTakesPrecedenceAndTheLastOneFirst() {
        ValueConverter<Boolean, Long> asNumber =
                ValueConverter.of(Boolean.class, Long.class, number -> number != 0, truth -> truth ? 1L : 0L);
        ValueConverter<Boolean, String> asText =
                ValueConverter.of(Boolean.class, String.class, "yes"::equals, truth -> truth ? "yes" : "no");
        assertThat(Values.echo(with(asNumber), true).get(0)).isEqualTo(1L);
        assertThat(Values.echo(with(asNumber), 0).as(boolean.class)).isFalse();
        assertThat(Values.echo(with(asNumber, asText), true).get(0)).isEqualTo("yes");
    }

    @Test
    void aConverterSendsSubclassesToo() {
        ValueConverter<Shape, String> shape = ValueConverter.of(
                Shape.class,
                String.class,
                name -> new Circle(),
                value -> value.getClass().getSimpleName());
        assertThat(Values.echo(with(shape), List.of(new Circle())).get(0)).isEqualTo(List.of("Circle"));
    }

    @Test
    void aConverterOfAGenericTypeKnowsItsArguments() {
        ValueConverter<Multimap<?, ?>, Map<?, ?>> multimap = new ValueConverter<>() {
            @Override
            @SuppressWarnings("unchecked")
            public Class<Multimap<?, ?>> type() {
                return (Class<Multimap<?, ?>>) (Class<?>) Multimap.class;
            }

            @Override
            public Type wireType(Type asked) {
                Type[] arguments = ((java.lang.reflect.ParameterizedType) asked).getActualTypeArguments();
                return TypeRef.of(
                                Map.class,
                                arguments[0],
                                TypeRef.of(Collection.class, arguments[1]).type())
                        .type();
            }

            @Override
            @SuppressWarnings("unchecked")
            public Multimap<?, ?> read(Map<?, ?> value) {
                return new Multimap<>((Map<Object, List<Object>>) value);
            }

            @Override
            public Map<?, ?> write(Multimap<?, ?> value) {
                return value.entries();
            }
        };
        Types types = with(multimap);
        Multimap<String, User> users = new Multimap<>(Map.of("a", List.of(ANN_AS_USER)));
        assertThat(Values.echo(types, users).as(new TypeRef<Multimap<String, User>>() {}))
                .isEqualTo(users);
    }

    @Test
    void aConverterThatLeadsToItselfIsRefused() {
        ValueConverter<Currency, List<Currency>> circular =
                ValueConverter.of(Currency.class, new TypeRef<List<Currency>>() {}, List::getFirst, List::of);
        assertRefused(
                () -> Values.echo(with(circular), "EUR").as(Currency.class),
                "cannot read Currency; expected its converter to read another type, got List<Currency>");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(with(circular), Currency.getInstance("EUR")))
                .withMessageContaining("expected at most 128 levels of nesting");
    }

    @Test
    void aResultShowsItsFirstValues() {
        assertThat(Values.echo()).hasToString("no values");
        assertThat(Values.echo(ANN_AS_USER)).hasToString("1 value: {\"id\": 1, \"name\": \"Ann\"}");
        assertThat(Values.echo(List.of(1, "a\"b\\\n"), new byte[3]))
                .hasToString("2 values: [1, \"a\\\"b\\\\\\n\"], <3 bytes>");
        // what moves the cursor, turns the direction of writing, or is half a character
        assertThat(Values.echo("\u001b[2J\u009b\u202e\u2028\u200b"))
                .hasToString("1 value: \"\\u001b[2J\\u009b\\u202e\\u2028\\u200b\"");
        assertThat(Values.echo("x".repeat(199) + "\ud83d\ude00 and more").toString())
                .endsWith("xxx…\"");
        String large = Objects.toString(Values.echo(java.util.Collections.nCopies(1_000_000, "x".repeat(50))));
        assertThat(large).startsWith("1 value: [\"xxx").endsWith(", …]").hasSizeLessThan(400);
    }

    @Test
    @NullUnmarked // null is what is refused
    void aConverterThatCannotWorkIsRefused() {
        for (Class<?> type : new Class<?>[] {Object.class, null}) {
            assertThatThrownBy(() -> with(converter(type, String.class)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("converter: expected one with the class of some objects as its type, got ");
        }
        assertRefused(
                () -> Values.echo(with(converter(Currency.class, null)), "EUR").as(Currency.class),
                "cannot read Currency; expected its converter ");
    }

    @Test
    void anErrorOfAConverterRefusesTheArgumentAlone() {
        Types types = with(ValueConverter.of(Currency.class, String.class, Currency::getInstance, currency -> {
            throw new AssertionError("no " + currency);
        }));
        assertThatThrownBy(() -> Values.echo(types, Currency.getInstance("EUR")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the converter of Currency threw java.lang.AssertionError: no EUR");
    }

    @NullUnmarked
    @SuppressWarnings({"unchecked", "rawtypes"}) // as a plug-in that was compiled without looking
    private static ValueConverter<?, ?> converter(Class type, java.lang.reflect.Type wireType) {
        return new ValueConverter() {
            @Override
            public Class type() {
                return type;
            }

            @Override
            public java.lang.reflect.Type wireType(java.lang.reflect.Type asked) {
                return wireType;
            }

            @Override
            public Object read(Object value) {
                return value;
            }

            @Override
            public Object write(Object value) {
                return value;
            }
        };
    }
}
