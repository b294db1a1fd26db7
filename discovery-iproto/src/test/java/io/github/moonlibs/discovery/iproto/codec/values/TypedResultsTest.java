package io.github.moonlibs.discovery.iproto.codec.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.iproto.codec.results.IprotoResult;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TypedResultsTest {
    record User(long id, @Nullable String name, Optional<String> mail) {}

    @SuppressWarnings("ArrayRecordComponent") // an application may well have some
    record Team(
            User lead,
            List<User> members,
            Map<String, User> byName,
            Optional<User> deputy,
            int[] scores,
            List<? extends Number> weights,
            Set<String> tags,
            Collection<List<Integer>> grid,
            User[] array,
            List<String>[] lists,
            Object rest) {}

    record Tree(String name, List<Tree> children) {}

    record Generic<T>(T value) {}

    record Positive(int value) {
        Positive {
            if (value < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    private static final List<Object> ANN = List.of(1, "Ann", "ann@example.org");

    @Test
    void numbersConvertWhereNoDigitIsLost() {
        assertThat(Values.echo(2.0).get(0, int.class)).isEqualTo(2);
        assertThat(Values.echo(300).get(0, short.class)).isEqualTo((short) 300);
        assertThat(Values.echo(-128).get(0, Byte.class)).isEqualTo((byte) -128);
        assertThat(Values.echo(1L << 53).get(0, double.class)).isEqualTo(0x1p53);
        assertThat(Values.echo(new BigDecimal("0.1")).get(0, Double.class)).isEqualTo(0.1);
        assertThat(Values.echo(0.1).get(0, float.class)).isEqualTo(0.1f);
        assertThat(Values.echo(0.1f).get(0, Float.class)).isEqualTo(0.1f);
        assertThat(Values.echo(0.1).get(0, BigDecimal.class)).isEqualTo(new BigDecimal("0.1"));
        assertThat(Values.echo(7).get(0, BigInteger.class)).isEqualTo(BigInteger.valueOf(7));
        assertThat(Values.echo(new BigDecimal("12.00")).get(0, long.class)).isEqualTo(12L);
        assertThat(Values.echo(Double.POSITIVE_INFINITY).get(0, double.class)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Values.echo(7).get(0, Number.class)).isEqualTo(7L);
        assertThat(Values.echo(7).get(0, Object.class)).isEqualTo(7L);
    }

    @Test
    void numbersThatWouldLoseADigitAreRefused() {
        assertRefused(
                () -> Values.echo(128).get(0, byte.class),
                "value 0: expected a whole number (byte), got the number 128");
        assertRefused(
                () -> Values.echo(1L << 31).get(0, int.class),
                "value 0: expected a whole number (int), got the number 2147483648");
        assertRefused(
                () -> Values.echo(0.5).get(0, long.class),
                "value 0: expected a whole number (long), got the number 0.5");
        assertRefused(() -> Values.echo((1L << 53) + 1).get(0, double.class), "got the number 9007199254740993");
        assertRefused(() -> Values.echo(1e300).get(0, float.class), "got the number 1.0E300");
        assertRefused(() -> Values.echo(Double.NaN).get(0, int.class), "got the number NaN");
        assertRefused(() -> Values.echo(Double.NaN).get(0, BigDecimal.class), "got the number NaN");
        assertRefused(
                () -> Values.echo(BigInteger.ONE.shiftLeft(63)).get(0, Long.class),
                "expected a whole number (Long), got the number 9223372036854775808");
        assertRefused(
                () -> Values.echo("1").get(0, int.class),
                "value 0: expected a whole number (int), got the string \"1\"");
    }

    @Test
    void scalarsComeAsTheirTypes() {
        UUID uuid = UUID.randomUUID();
        Instant instant = Instant.parse("2024-02-29T12:34:56.5Z");
        Interval interval = new Interval(1, 0, 0, 0, 0, 0, 0, 0, Interval.Adjust.NONE);
        IprotoResult result = Values.echo(true, "DAYS", uuid, instant, interval, null);
        assertThat(result.get(0, boolean.class)).isTrue();
        assertThat(result.get(1, String.class)).isEqualTo("DAYS");
        assertThat(result.get(1, TimeUnit.class)).isEqualTo(TimeUnit.DAYS);
        assertThat(result.get(2, UUID.class)).isEqualTo(uuid);
        assertThat(result.get(3, Instant.class)).isEqualTo(instant);
        assertThat(result.get(3, OffsetDateTime.class)).isEqualTo(OffsetDateTime.parse("2024-02-29T12:34:56.5Z"));
        assertThat(result.get(4, Interval.class)).isEqualTo(interval);
        assertThat(result.get(5, String.class)).isNull();
        assertThat(result.get(5, int.class)).isNull();
        assertThat((Object) result.get(5, Optional.class)).isEqualTo(Optional.empty());
        assertThat(result.as(Boolean.class)).isTrue();
        assertThat(Values.echo().as(String.class)).isNull();
        assertRefused(
                () -> result.get(2, TimeUnit.class),
                "value 2: expected a constant of TimeUnit (NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, HOURS,"
                        + " DAYS), got the uuid " + uuid);
        assertRefused(
                () -> Values.echo("EONS").get(0, TimeUnit.class),
                "value 0: expected a constant of TimeUnit (NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, HOURS,"
                        + " DAYS), got the string \"EONS\"");
        assertThatThrownBy(() -> result.get(6, String.class)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> result.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> result.values().add(1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aRecordTakesATupleByPositionAndAMapByName() {
        User ann = new User(1, "Ann", Optional.of("ann@example.org"));
        assertThat(Values.echo(ANN).as(User.class)).isEqualTo(ann);
        assertThat(Values.echo(ann).as(User.class)).isEqualTo(ann);
        assertThat(Values.echo(ANN.toArray()).asRow(User.class)).isEqualTo(ann);
        assertThat(Values.echo(Map.of("id", 1, "other", List.of(1), 5, 6)).as(User.class))
                .isEqualTo(new User(1, null, Optional.empty()));
        assertThat(Values.echo(Arrays.asList(1, null, null, "added later")).as(User.class))
                .isEqualTo(new User(1, null, Optional.empty()));
        assertThat(Values.echo(List.of(ANN, ANN)).getList(0, User.class)).containsExactly(ann, ann);
    }

    @Test
    void aRecordsComponentsAreReadByTheirGenericTypes() {
        Map<String, Object> team = new LinkedHashMap<>();
        team.put("lead", ANN);
        team.put("members", List.of(ANN, Map.of("id", 2)));
        team.put("byName", Map.of("ann", ANN));
        team.put("deputy", ANN);
        team.put("scores", List.of(1, 2.0));
        team.put("weights", List.of(1, 0.5));
        team.put("tags", List.of("b", "a", "b"));
        team.put("grid", List.of(List.of(1), List.of(2, 3)));
        team.put("array", List.of(ANN));
        team.put("lists", List.of(List.of("x")));
        team.put("rest", List.of("y"));
        Team read = Objects.requireNonNull(Values.echo(team).as(Team.class));
        User ann = new User(1, "Ann", Optional.of("ann@example.org"));
        assertThat(read.lead()).isEqualTo(ann);
        assertThat(read.members()).containsExactly(ann, new User(2, null, Optional.empty()));
        assertThat(read.byName()).containsExactly(Map.entry("ann", ann));
        assertThat(read.deputy()).contains(ann);
        assertThat(read.scores()).containsExactly(1, 2);
        assertThat(read.weights()).hasSize(2);
        assertThat(read.tags()).containsExactly("b", "a");
        assertThat(read.grid()).containsExactly(List.of(1), List.of(2, 3));
        assertThat(read.array()).containsExactly(ann);
        assertThat(read.lists()).containsExactly(List.of("x"));
        assertThat(read.rest()).isEqualTo(List.of("y"));
    }

    @Test
    void aRecordMayContainItself() {
        Tree tree = new Tree("root", List.of(new Tree("leaf", List.of())));
        assertThat(Values.echo(tree).as(Tree.class)).isEqualTo(tree);
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsPlace() {
        assertRefused(
                () -> Values.echo(List.of(ANN, List.of("x"))).getList(0, User.class),
                "value 0[1].id: expected a whole number (long), got the string");
        assertRefused(
                () -> Values.echo(Map.of("name", "x")).as(User.class),
                "value 0.id: expected a whole number (long), got nothing");
        assertRefused(
                () -> Values.echo(Arrays.asList(null, "x")).as(User.class),
                "value 0.id: expected a whole number (long), got nil");
        assertRefused(
                () -> Values.echo("x", 2).asRow(User.class),
                "row.id: expected a whole number (long), got the string \"x\"");
        assertRefused(() -> Values.echo(5).as(User.class), "value 0: expected an array or a map for ");
        assertRefused(() -> Values.echo(5).getList(0, User.class), "value 0: expected an array, got the number 5");
        assertRefused(() -> Values.echo((Object) null).getList(0, User.class), "value 0: expected an array, got nil");
        assertRefused(
                () -> Values.echo(Map.of("m", List.of(1))).as(Named.class),
                "value 0.m: expected a map, got an array of 1 element");
        assertRefused(
                () -> Values.echo(Arrays.asList(1, null)).get(0, int[].class),
                "value 0[1]: expected a whole number (int), got nil");
        assertRefused(
                () -> Values.echo(1).get(0, Thread.class), "value 0: cannot read Thread; expected a type that Result");
    }

    @Test
    void aComponentThatCannotBeReadIsComplainedOfWhenItIsThere() {
        record Holder(int id, @Nullable Thread thread) {}
        assertThat(Values.echo(List.of(1)).as(Holder.class)).isEqualTo(new Holder(1, null));
        assertRefused(() -> Values.echo(List.of(1, 2)).as(Holder.class), "value 0.thread: cannot read Thread");
        assertThat((Object) Values.echo(List.of("x")).as(Generic.class)).isEqualTo(new Generic<>("x"));
    }

    @Test
    void whatARecordsConstructorThrowsIsTheCause() {
        assertThatThrownBy(() -> Values.echo(List.of(List.of(1), List.of(-1))).getList(0, Positive.class))
                .isInstanceOf(ConversionException.class)
                .hasMessageStartingWith("f: value 0[1]: the constructor of ")
                .hasMessageContaining("negative")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    record Named(Map<String, Integer> m) {}

    record Empty() {}

    record Tables(
            Map<String, Integer> names,
            Map<Integer, String> numbers,
            List<String> list,
            Set<Integer> set,
            Empty empty) {}

    @Test
    void aLuaTableIsAMapOrAnArrayAsItIsAskedFor() {
        Tables tables = new Tables(Map.of(), Map.of(1, "a", 2, "b"), List.of("x", "y"), Set.of(), new Empty());
        Map<String, Object> sent = new LinkedHashMap<>();
        sent.put("names", List.of());
        sent.put("numbers", List.of("a", "b"));
        sent.put("list", new java.util.TreeMap<>(Map.of(2, "y", 1, "x")).descendingMap());
        sent.put("set", Map.of());
        sent.put("empty", List.of());
        assertThat(Values.echo(sent).as(Tables.class)).isEqualTo(tables);
        assertThat((Object) Values.echo(List.of()).get(0, Map.class)).isEqualTo(Map.of());
        assertThat((Object) Values.echo(List.of("a")).get(0, Map.class)).isEqualTo(Map.of(1L, "a"));
        assertThat((Object) Values.echo(Map.of()).get(0, List.class)).isEqualTo(List.of());
        assertThat(Values.echo(Map.of()).getList(0, String.class)).isEmpty();
        assertThat(Values.echo(Map.of()).get(0, int[].class)).isEmpty();
        assertThat(Values.echo(Map.of(1, 5L, 2, "Ann")).as(User.class)).isEqualTo(new User(5, "Ann", Optional.empty()));
        assertRefused(
                () -> Values.echo(Map.of(1, "a", 3, "c")).get(0, List.class),
                "value 0: expected an array, got a map whose keys are not 1 to 2");
    }

    @Test
    void messagesSayWhatCameInWordsOfTheProtocol() {
        assertRefused(
                () -> Values.echo(List.of(1, 2)).get(0, int.class),
                "expected a whole number (int), got an array of 2 elements");
        assertRefused(
                () -> Values.echo(Map.of("a", 1)).get(0, int.class),
                "expected a whole number (int), got a map of 1 entry");
    }

    record Pair<A, B>(A first, B second) {}

    record Boxes(Generic<String> generic, Pair<Integer, List<Generic<User>>> pair, Generic<Long[]> array) {}

    record Chain<T>(T value, @Nullable Chain<T> next) {}

    record Chained(Chain<Integer> chain) {}

    record Endless<T extends List<T>>(@Nullable T value) {}

    record Twisted<T extends Map<String, T>, U extends Generic<T>>(
            int id, @Nullable U value) {}

    @Test
    void genericRecordsAreReadByTheirArguments() {
        Boxes boxes = Objects.requireNonNull(Values.echo(
                        List.of(List.of("x"), List.of(1.0, List.of(List.of(ANN))), List.of(List.of(1, 2))))
                .as(Boxes.class));
        assertThat(boxes.generic().value()).isEqualTo("x");
        assertThat(boxes.pair().first()).isEqualTo(1);
        assertThat(boxes.pair().second().getFirst().value().name()).isEqualTo("Ann");
        assertThat(boxes.array().value()).containsExactly(1L, 2L);
        assertThat(Values.echo(List.of(List.of(1, List.of(2)))).as(Chained.class))
                .isEqualTo(new Chained(new Chain<>(1, new Chain<>(2, null))));
    }

    @Test
    void aTypeWithoutAnEndIsRefused() {
        assertRefused(() -> Values.echo(List.of(List.of())).as(Endless.class), "value 0.value: cannot read T");
        assertRefused(() -> Values.echo(List.of(1, List.of())).as(Twisted.class), "value 0.value: cannot read");
    }

    @Test
    void largeNumbersThatAreExactConvert() {
        assertThat(Values.echo(1L << 62).get(0, double.class)).isEqualTo(0x1p62);
        assertThat(Values.echo(1L << 62).get(0, float.class)).isEqualTo(0x1p62f);
        assertThat(Values.echo(BigInteger.ONE.shiftLeft(63)).get(0, double.class))
                .isEqualTo(0x1p63);
        assertThat(Values.echo(0x1p62).get(0, long.class)).isEqualTo(1L << 62);
        assertThat(Values.echo(0x1p80).get(0, BigInteger.class)).isEqualTo(BigInteger.ONE.shiftLeft(80));
        assertRefused(() -> Values.echo((1L << 62) + 1).get(0, double.class), "got the number 4611686018427387905");
    }

    private static void assertRefused(ThrowingCallable reading, String message) {
        assertThatThrownBy(reading).isInstanceOf(ConversionException.class).hasMessageContaining(message);
    }
}
