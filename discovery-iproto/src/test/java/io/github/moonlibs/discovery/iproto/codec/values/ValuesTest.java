package io.github.moonlibs.discovery.iproto.codec.values;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.iproto.codec.results.IprotoResult;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    record Bad(int size) {
        @Override
        public int size() {
            throw new IllegalStateException("not today");
        }
    }

    record Point(int x, @Nullable Object y) {}

    static Stream<List<@Nullable Object>> sentAndReturned() {
        UUID uuid = UUID.fromString("64d22e4d-ac92-4a23-899a-e59f34af5479");
        Interval interval = new Interval(1, -2, 0, 1000, 0, 0, -1, 999_999_999, Interval.Adjust.LAST);
        Extension extension = new Extension((byte) 99, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        return Stream.of(
                Arrays.asList(null, null),
                List.of(true, true),
                List.of((byte) -128, -128L),
                List.of((short) -1, -1L),
                List.of(Integer.MIN_VALUE, -2147483648L),
                List.of(Long.MIN_VALUE, Long.MIN_VALUE),
                List.of(Long.MAX_VALUE, Long.MAX_VALUE),
                List.of(BigInteger.TEN, 10L),
                List.of(TWO_TO_64.subtract(BigInteger.ONE), TWO_TO_64.subtract(BigInteger.ONE)),
                List.of(1.5f, 1.5),
                List.of(0.1, 0.1),
                List.of(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY),
                List.of("", ""),
                List.of("Grüße, 𝄞 \u0000", "Grüße, 𝄞 \u0000"),
                List.of("\uFFFD", "\uFFFD"),
                List.of("x".repeat(70_000), "x".repeat(70_000)),
                List.of(new BigDecimal("-123.4500"), new BigDecimal("-123.4500")),
                List.of(new BigDecimal("1E+37"), new BigDecimal("1E+37")),
                List.of(new BigDecimal("9".repeat(38)), new BigDecimal("9".repeat(38))),
                List.of(new BigDecimal("1." + "0".repeat(80)), BigDecimal.ONE),
                List.of(new BigDecimal("-" + "7".repeat(76)), new BigDecimal("-" + "7".repeat(76))),
                List.of(BigDecimal.ZERO, BigDecimal.ZERO),
                List.of(uuid, uuid),
                List.of(Instant.parse("2024-02-29T12:34:56Z"), OffsetDateTime.parse("2024-02-29T12:34:56Z")),
                List.of(
                        OffsetDateTime.parse("1969-01-01T00:00:00.000000001-03:30"),
                        OffsetDateTime.parse("1969-01-01T00:00:00.000000001-03:30")),
                List.of(interval, interval),
                List.of(extension, extension),
                List.of(TimeUnit.DAYS, "DAYS"),
                List.of(Optional.of("x"), "x"),
                Arrays.asList(Optional.empty(), null),
                List.of(new int[] {1, 2}, List.of(1L, 2L)),
                List.of(new double[] {0.5}, List.of(0.5)),
                List.of(new boolean[0], List.of()),
                List.of(new String[][] {{"a"}, {}}, List.of(List.of("a"), List.of())),
                List.of(Arrays.asList(1, null), Arrays.asList(1L, null)),
                List.of(Set.of("x"), List.of("x")),
                List.of(Map.of(1, List.of("x")), Map.of(1L, List.of("x"))),
                List.of(new Point(1, Optional.of("y")), Map.of("x", 1L, "y", "y")));
    }

    @ParameterizedTest
    @MethodSource("sentAndReturned")
    void aValueComesBackAsItWasSent(List<@Nullable Object> sentAndReturned) {
        assertThat(Values.echo(sentAndReturned.getFirst()).get(0)).isEqualTo(sentAndReturned.getLast());
    }

    @Test
    void binaryComesBackAsBytesAndMapsKeepTheirOrder() {
        Map<String, Integer> ordered = new LinkedHashMap<>();
        for (int i = 20; i > 0; i--) {
            ordered.put("k" + i, i);
        }
        IprotoResult result = Values.echo(new byte[] {0, -1}, ordered);
        assertThat((byte[]) result.get(0)).containsExactly(0, -1);
        assertThat(Objects.requireNonNull(result.get(1, Map.class)).keySet().toString())
                .isEqualTo(ordered.keySet().toString());
    }

    @Test
    void aStringThatIsNoUtf8LosesNothing() {
        byte[] latin1 = {'a', (byte) 0xfc, 'b'};
        IprotoResult result = Values.result(Values.packed(
                out -> out.packArrayHeader(1).packRawStringHeader(3).writePayload(latin1)));
        assertThat((byte[]) result.get(0)).containsExactly(latin1);
        assertThat(result.get(0, byte[].class)).containsExactly(latin1);
        assertThatThrownBy(() -> result.get(0, String.class))
                .isInstanceOf(ConversionException.class)
                .hasMessage("f: value 0: expected a string, got binary of 3 bytes (or a string that is not UTF-8)");
        assertThat(Values.echo("ü").get(0, byte[].class)).containsExactly("ü".getBytes(UTF_8));
    }

    @Test
    void whatCannotBeSentIsRefusedWithItsPlace() {
        record Named(Object name) {}
        Thread thread = Thread.currentThread();
        assertRefused(
                "argument 1[2].name: cannot send Thread; expected a type of the arguments",
                "x",
                List.of(1, 2, new Named(thread)));
        assertRefused("argument 0[\"key\"]: cannot send Object", Map.of("key", new Object()));
        assertRefused("argument 0: expected an integer from -2^63 to 2^64-1, got 18446744073709551616", TWO_TO_64);
        assertRefused("argument 0: expected a decimal of at most 76 digits", new BigDecimal("1." + "1".repeat(76)));
        assertRefused("argument 0: expected a decimal of at most 76 digits", new BigDecimal("1E+76"));
        assertRefused("argument 0: expected a decimal of at most 76 digits", new BigDecimal("1E-77"));
        assertRefused(
                "argument 0: expected an offset of whole minutes",
                OffsetDateTime.now(ZoneOffset.UTC).withOffsetSameInstant(ZoneOffset.ofTotalSeconds(1)));
        assertRefused("argument 0: expected a string of whole characters", "\uD834");
        assertRefused("argument 0: expected a string of whole characters", "\uDD1E\uD834");
    }

    @Test
    void aValueThatContainsItselfIsRefused() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertRefused("argument 0[0][0][0]", cycle);
        assertRefused("…: expected at most 128 levels of nesting, got more", cycle);
    }

    private static void assertRefused(String message, Object... arguments) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(arguments))
                .withMessageContaining(message);
    }

    @Test
    void aComponentThatThrowsIsNamedWithItsReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(new Bad(1)))
                .withMessageStartingWith("argument 0.size: ")
                .withMessageContaining("not today")
                .withCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void nestingIsReadDownToItsBound() {
        Object deep = Values.echo(nested(127)).get(0);
        assertThat(deep).isInstanceOf(List.class);
        byte[] deeper = new byte[1_000];
        Arrays.fill(deeper, (byte) 0x91);
        deeper[999] = 1;
        assertThatThrownBy(() -> Values.result(deeper).get(0))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("expected at most 128 levels of nesting, got more");
    }

    private static Object nested(int levels) {
        return levels == 0 ? List.of() : List.of(nested(levels - 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "91ddffffffff", // an array of 2^32-1
                "91dfffffffff", // a map of 2^32-1
                "91dd7fffffff0000",
                "91db7fffffff61", // a string of 2 GiB
                "91c67fffffff61", // binary of 2 GiB
                "91c97fffffff0161", // an extension of 2 GiB
                "91c1", // never used
                "91c70001", // a decimal without bytes
                "91d40100", // a decimal without digits
                "91d50200ff", // a uuid of two bytes
                "91d504ffff",
                "91d806ff0101010101010101010101010101", // an interval of 255 fields
                "91d506010901", // an interval's tenth field
                "91d704ffffffffffffff7f", // a datetime beyond time
                "91c70103c0", // an error that is nil
                "91c7020380", // an error without a stack
                "91d507019a", // a tuple that is cut
                "91c7050701d5070190", // a tuple of a tuple
            })
    void malformedValuesEndInAnErrorAndNotInMemory(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> Values.result(bytes).get(0))
                .isInstanceOf(ConversionException.class)
                .hasMessageStartingWith("f: value 0: ");
    }

    @Test
    void rawIsTheArrayAsItCameAndReadOnly() {
        ByteBuffer raw = Values.echo(1, "x").raw();
        assertThat(raw.isReadOnly()).isTrue();
        byte[] bytes = new byte[raw.remaining()];
        raw.get(bytes);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("9201a178");
        assertThat(Values.echo(Collections.emptyList()).raw().remaining()).isEqualTo(2);
    }
}
