package io.github.moonlibs.discovery.iproto.codec.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.iproto.codec.results.IprotoResult;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessagePacker;

/** Values that a server would only send to do harm cost what their bytes cost, and end in a sentence. */
@Timeout(60) // each would take many minutes, or all memory, if its work grew with the square of its size
class HostileValuesTest {
    /** A result of one decimal. */
    private static IprotoResult decimal(int scale, byte[] coded) {
        byte[] number = Values.packed(out -> out.packInt(scale));
        return Values.result(Values.packed(out -> out.packArrayHeader(1)
                .packExtensionTypeHeader((byte) 1, number.length + coded.length)
                .writePayload(number)
                .writePayload(coded)));
    }

    private static byte[] nines(int bytes) {
        byte[] coded = new byte[bytes];
        Arrays.fill(coded, (byte) 0x99);
        coded[bytes - 1] = (byte) 0x9c;
        return coded;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 160011",
        "0, 20000000",
        "0, 39",
        "-1000000000, 1",
        "1000000000, 1",
        "-2147483648, 1",
        "77, 1",
        "-77, 1"
    })
    void aDecimalBeyondThoseOfServersIsRefusedAtOnce(int scale, int bytes) {
        IprotoResult result = decimal(scale, nines(bytes));

        List<Function<Result, @Nullable Object>> readings = List.of(
                all -> all.get(0),
                Result::values,
                all -> all.get(0, BigDecimal.class),
                all -> all.get(0, BigInteger.class),
                all -> all.get(0, Double.class),
                all -> all.get(0, String.class));
        for (Function<Result, @Nullable Object> reading : readings) {
            assertThatThrownBy(() -> reading.apply(result))
                    .isInstanceOf(ConversionException.class)
                    .hasMessageContaining("expected a decimal of at most 76 digits, with a scale from -76 to 76, got "
                            + (2 * bytes - 1) + " digits and scale " + scale);
        }
    }

    @Test
    void theLargestDecimalsOfServersAreRead() {
        byte[] largest = nines(39);
        largest[0] = 0x09;

        assertThat(decimal(0, largest).get(0)).isEqualTo(new BigDecimal("9".repeat(76)));
        assertThat(decimal(76, largest).get(0)).isEqualTo(new BigDecimal("0." + "9".repeat(76)));
        assertThat(decimal(-76, HexFormat.of().parseHex("1c")).get(0)).isEqualTo(new BigDecimal("1E+76"));
        byte[] zeros = new byte[100_000];
        zeros[zeros.length - 1] = 0x7c;
        assertThat(decimal(0, zeros).get(0)).isEqualTo(new BigDecimal(7));
    }

    /** Different arrays of two with the same hash, 31 * (31 * 1 + a) + b. */
    private static void packAlike(MessagePacker out, int number) throws IOException {
        out.packArrayHeader(2).packInt(number).packInt(10_000_000 - 31 * number);
    }

    private static byte[] mapWithKeysAlike(int size) {
        return Values.packed(out -> {
            out.packArrayHeader(1).packMapHeader(size);
            for (int i = 0; i < size; i++) {
                packAlike(out, i);
                out.packNil();
            }
        });
    }

    @Test
    void keysWithCollidingHashesAreRefusedInsteadOfComparedAllWithAll() {
        Result result = Values.result(mapWithKeysAlike(300_000));

        assertThatThrownBy(() -> result.get(0)).hasMessageContaining("expected keys that differ in their hashes");
        assertThatThrownBy(() -> result.get(0, Map.class))
                .hasMessageContaining("expected keys that differ in their hashes");
    }

    @Test
    void keysOfSeveralKindsWithCollidingHashesAreRefused() {
        // long and double: the upper half of the bits xor the lower half, here 0 of both
        Result result = Values.result(Values.packed(out -> {
            out.packArrayHeader(1).packMapHeader(400_000);
            for (long i = 1; i <= 200_000; i++) {
                out.packLong(i << 32 | i).packNil();
                out.packDouble(Double.longBitsToDouble((i + (1 << 20)) << 32 | (i + (1 << 20))))
                        .packNil();
            }
        }));

        assertThatThrownBy(() -> result.get(0)).hasMessageContaining("expected keys that differ in their hashes");
    }

    /** {@code Aa} and {@code BB} have the same hash, and so has whatever is made of as many of them. */
    private static String colliding(int number, int bits) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < bits; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    /** Counts how often any two are compared. */
    record Counted(String text) {
        static final AtomicLong COMPARED = new AtomicLong();

        @Override
        public boolean equals(@Nullable Object other) {
            COMPARED.incrementAndGet();
            return other instanceof Counted counted && counted.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    static class Tags extends HashSet<Counted> {
        private static final long serialVersionUID = 1;
    }

    static Stream<TypeRef<? extends Set<?>>> setsOfWhatHasNoOrder() {
        return Stream.of(
                new TypeRef<Set<Counted>>() {},
                new TypeRef<SequencedSet<Counted>>() {},
                new TypeRef<LinkedHashSet<Counted>>() {},
                new TypeRef<Tags>() {},
                new TypeRef<Set<Optional<String>>>() {},
                new TypeRef<Set<List<String>>>() {});
    }

    /**
     * Texts that all have the same hash, each of them so many times.
     *
     * @return first each as a list of one, for records and lists, and then as it is
     */
    private static Result asElements(int strings, int times) {
        return Values.result(Values.packed(out -> {
            out.packArrayHeader(2).packArrayHeader(strings * times);
            for (int i = 0; i < strings * times; i++) {
                out.packArrayHeader(1).packString(colliding(i % strings, 16));
            }
            out.packArrayHeader(strings * times);
            for (int i = 0; i < strings * times; i++) {
                out.packString(colliding(i % strings, 16));
            }
        }));
    }

    @ParameterizedTest
    @MethodSource("setsOfWhatHasNoOrder")
    void elementsWithCollidingHashesAreRefusedInsteadOfComparedAllWithAll(TypeRef<? extends Set<?>> type) {
        int place = type.type().getTypeName().contains("Optional") ? 1 : 0;
        Counted.COMPARED.set(0);

        assertThatThrownBy(() -> asElements(50_000, 1).get(place, type))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("expected keys that differ in their hashes");

        // all with all would be more than a thousand million
        assertThat(Counted.COMPARED).hasValueLessThan(5_000_000);
        assertThat(Objects.requireNonNull(asElements(20, 5_000).get(place, type))
                        .size())
                .as("what comes again and again is one element")
                .isEqualTo(20);
    }

    @Test
    void comparisonsGrowAsTheElementsDo() {
        long[] compared = new long[2];
        for (int i = 0; i < 2; i++) {
            int size = 1_000 << (2 * i);
            Counted.COMPARED.set(0);
            Result result = Values.result(Values.packed(out -> {
                out.packArrayHeader(1).packArrayHeader(size);
                for (int each = 0; each < size; each++) {
                    // sixteen each of the same hash
                    out.packArrayHeader(1).packString(each / 16 + colliding(each % 16, 4));
                }
            }));
            assertThat(Objects.requireNonNull(result.get(0, new TypeRef<Set<Counted>>() {}))
                            .size())
                    .isEqualTo(size);
            compared[i] = Counted.COMPARED.get();
        }

        assertThat(compared[0]).isPositive();
        assertThat(compared[1]).isLessThan(6 * compared[0]);
    }

    @Test
    void textsOfASetMayCollide() {
        assertThat(Objects.requireNonNull(asElements(50_000, 2).get(1, new TypeRef<Set<String>>() {}))
                        .size())
                .isEqualTo(50_000);
    }

    private static int size(@Nullable Map<?, ?> map) {
        return Objects.requireNonNull(map).size();
    }

    @Test
    void numbersAndStringsMayCollide() {
        int size = 200_000;
        Result numbers = Values.result(Values.packed(out -> {
            out.packArrayHeader(1).packMapHeader(size);
            for (long i = 1; i <= size; i++) {
                out.packLong(i << 32 | i).packNil();
            }
        }));
        Map<String, Integer> strings = new LinkedHashMap<>();
        for (int i = 0; i < 1 << 14; i++) {
            strings.put(colliding(i, 14), i);
        }

        assertThat(size(numbers.get(0, Map.class))).isEqualTo(size);
        assertThat(size(Values.echo(strings).get(0, Map.class))).isEqualTo(strings.size());
    }

    @Test
    void keysOfAllKindsAreReadWhereTheyDoNotCollide() {
        List<Object> keys = new ArrayList<>();
        for (long i = 0; i < 1_000; i++) {
            keys.addAll(List.of(i, "k" + i, i + 0.5, List.of(i, i), Map.of(i, i)));
        }
        Map<Object, Integer> map = new LinkedHashMap<>();
        keys.forEach(key -> map.put(key, 1));

        Map<?, ?> read = (Map<?, ?>) Objects.requireNonNull(Values.echo(map).get(0));
        assertThat(List.<Object>copyOf(read.keySet())).isEqualTo(keys);
    }

    @Test
    void keysThatCollideByThemselvesAreRead() {
        Set<Object> grid = new LinkedHashSet<>();
        for (int x = 0; x < 300; x++) {
            for (int y = 0; y < 300; y++) {
                grid.add(List.of(x, y));
            }
        }

        assertThat(((Set<?>) Objects.requireNonNull(Values.echo(grid).get(0, Set.class))).size())
                .isEqualTo(90_000);
    }

    @Test
    void aKeyThatComesAgainAndAgainIsOneKey() {
        Result result = Values.result(Values.packed(out -> {
            out.packArrayHeader(1).packMapHeader(100_000);
            for (int i = 0; i < 100_000; i++) {
                out.packArrayHeader(1).packInt(1).packInt(i);
            }
        }));

        assertThat(result.get(0)).isEqualTo(Map.of(List.of(1L), 99_999L));
    }

    @Test
    void anExtensionIsReadWhereItLies() throws IOException {
        byte[] bytes =
                Values.packed(out -> out.packExtensionTypeHeader((byte) 7, 3).writePayload(new byte[] {1, 2, 3}));

        new ValueReader(bytes, 0, bytes.length).readExtension((type, in, from, to) -> {
            assertThat(in).isSameAs(bytes);
            assertThat(List.of(type, from, to)).isEqualTo(List.of((byte) 7, bytes.length - 3, bytes.length));
            return type;
        });
    }

    @Test
    void tuplesWithinTuplesAreRead() {
        byte[] inner = Values.packed(out -> out.packInt(42));
        for (int i = 0; i < 60; i++) {
            byte[] content = inner;
            inner = Values.packed(out -> out.packExtensionTypeHeader((byte) 7, 2 + content.length)
                    .writePayload(new byte[] {0, (byte) 0x91})
                    .writePayload(content));
        }
        byte[] tuples = inner;
        Object value = Values.result(Values.packed(out -> out.packArrayHeader(1).writePayload(tuples)))
                .get(0);
        for (int i = 0; i < 60; i++) {
            value = ((List<?>) Objects.requireNonNull(value)).getFirst();
        }

        assertThat(value).isEqualTo(42L);
    }

    @Test
    void emptyArraysAndMapsTakeNoMemoryEach() {
        List<?> read = (List<?>) Objects.requireNonNull(
                Values.echo(List.of(List.of(), List.of(), Map.of(), Map.of())).get(0));

        assertThat(read.get(0)).isSameAs(read.get(1));
        assertThat(read.get(2)).isSameAs(read.get(3));
    }

    @Test
    void theMessageOfAMisfitIsShortAndSafe() {
        String evil = "\u001b[2J\n\u202e" + "x".repeat(5_000_000);

        assertThatThrownBy(() -> Values.echo(evil).get(0, Integer.class))
                .hasMessageContaining(", got the string \"\\u001b[2J\\n")
                .hasMessageContaining("more characters")
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(200));
        record Named(Map<String, Integer> map) {}
        assertThatThrownBy(() -> Values.echo(Map.of("map", Map.of(evil, "x"))).get(0, Named.class))
                .hasMessageContaining("map[\"\\u001b[2J\\n\\u202e")
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(300));
    }
}
