package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.fuzz.Bounds.ExceededException;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** What counts as a finding. */
class BoundsTest {
    private static volatile Object kept = "";

    private record Reader(ToLongFunction<byte[]> reading) implements Target {
        @Override
        public String name() {
            return "reader";
        }

        @Override
        public boolean read(byte[] input) {
            return reading.applyAsLong(input) >= 0;
        }
    }

    private static Bounds bounds(ToLongFunction<byte[]> reading) {
        return new Bounds(new Reader(reading));
    }

    private static long allocated(int bytes) {
        kept = new byte[bytes];
        return bytes;
    }

    @Test
    void memoryInProportionToTheInputIsAllowed() throws Exception {
        assertThat(bounds(input -> allocated(Target.CONSTANT + 150 * input.length))
                        .read(new byte[100_000]))
                .isTrue();
        assertThat(kept).isNotNull();
    }

    @Test
    void memoryOutOfProportionIsFound() {
        assertThatThrownBy(() -> bounds(input -> allocated(2 * Target.CONSTANT + 200 * input.length))
                        .read(new byte[1_000]))
                .isInstanceOf(ExceededException.class)
                .hasMessageStartingWith("expected at most 1248576 bytes allocated for an input of 1000 bytes, got ");
    }

    @Test
    void anInputThatHasThePlantedPasswordIsNotRead() throws Exception {
        Bounds bounds = bounds(input -> {
            Refusal.check(new String(input, ISO_8859_1));
            return 0;
        });

        assertThat(bounds.read("some text".getBytes(ISO_8859_1))).isTrue();
        assertThat(bounds.read(("layout=" + Refusal.SECRET).getBytes(ISO_8859_1)))
                .isFalse();
    }

    @Test
    void whatIsAllocatedOnceIsNoFinding() {
        boolean[] isLoaded = {false};
        assertThatCode(() -> bounds(input -> {
                            long bytes = isLoaded[0] ? 0 : allocated(10 * Target.CONSTANT);
                            isLoaded[0] = true;
                            return bytes;
                        })
                        .read(new byte[1_000]))
                .doesNotThrowAnyException();
    }

    @Test
    void quadraticTimeIsFoundAndLinearTimeIsNot() {
        assertThatCode(() -> readGrown(input -> 10_000L * input.length)).doesNotThrowAnyException();
        assertThatThrownBy(() -> readGrown(input -> 1L * input.length * input.length))
                .isInstanceOf(ExceededException.class)
                .hasMessage("expected time in proportion to the length of the input,"
                        + " got 268435 µs for 16384 bytes and 4294967 µs for 65536");
    }

    private static void readGrown(ToLongFunction<byte[]> nanos) throws Exception {
        long[] clock = {0};
        Target reader = new Reader(input -> clock[0] += nanos.applyAsLong(input));
        new Bounds(reader, () -> clock[0]).readGrown(new byte[1], (input, size) -> new byte[size]);
    }
}
