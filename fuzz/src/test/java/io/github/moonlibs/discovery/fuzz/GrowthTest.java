package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowthTest {
    private static final int SIZE = 20_000;

    @Test
    void everyInputGrowsInEveryWayAndAlwaysTheSame() {
        for (Target target : Targets.ALL) {
            for (Growth growth : target.growths()) {
                byte[] input = ("key-of-" + target.name() + ": 1\n").getBytes(UTF_8);
                assertThat(growth.grow(input, SIZE)).hasSizeBetween(SIZE / 2, 2 * SIZE);
                assertThat(growth.grow(input, SIZE)).isEqualTo(growth.grow(input, SIZE));
            }
        }
    }

    @Test
    void numbersAreCountedUpSoThatKeysDiffer() {
        byte[] grown = new Growth.Part("i1: {}\n".getBytes(UTF_8), 0, 7).repeated(20, true);

        assertThat(new String(grown, UTF_8)).isEqualTo("i0: {}\ni1: {}\ni2: {}\n");
    }

    @Test
    void anEmptyInputStaysOneThatCanBeRead() {
        for (Growth growth : Growth.OF_TEXT) {
            assertThat(growth.grow(new byte[0], SIZE)).isEmpty();
        }
        for (Growth growth : Growth.OF_MSGPACK) {
            assertThat(growth.grow(new byte[0], SIZE)).isNotNull();
        }
    }
}
