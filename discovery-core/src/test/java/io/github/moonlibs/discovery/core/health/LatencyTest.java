package io.github.moonlibs.discovery.core.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.moonlibs.discovery.core.FakeClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration TAU = Duration.ofNanos(Latency.DECAY_NANOS);

    /** A tick of a millisecond in ten seconds, and a float. */
    private static final Offset<Double> ROUNDING = within(0.001);

    private final FakeClock clock = new FakeClock();
    private final Latency latency = new Latency();

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(latency.nanos(clock.getAsLong())).isZero();
    }

    @Test
    void aSlowerAnswerIsBelievedAtOnce() {
        latency.answered(MILLI, clock.getAsLong());
        latency.answered(20 * MILLI, clock.getAsLong());
        assertMillis(20);
    }

    @Test
    void fasterAnswersDrawItDownWithTheDecayTime() {
        latency.answered(21 * MILLI, clock.getAsLong());
        clock.advance(TAU);
        latency.answered(MILLI, clock.getAsLong());
        assertMillis(1 + 20 / Math.E);
    }

    @Test
    void answersThatComeOftenDrawItDownAsFastAsThoseThatComeSeldom() {
        latency.answered(21 * MILLI, clock.getAsLong());
        for (int i = 0; i < 100_000; i++) {
            clock.advance(TAU.dividedBy(100_000));
            latency.answered(MILLI, clock.getAsLong());
        }
        assertThat(latency.nanos(clock.getAsLong()) / (double) MILLI).isCloseTo(1 + 20 / Math.E, within(0.01));
    }

    @Test
    void silenceDrawsItDownToo() {
        latency.answered(20 * MILLI, clock.getAsLong());
        clock.advance(TAU.multipliedBy(2));
        assertMillis(20 / (Math.E * Math.E));
        clock.advance(Duration.ofDays(1));
        assertThat(latency.nanos(clock.getAsLong())).as("still known").isEqualTo(1);
    }

    @Test
    void anAttemptWithoutAnAnswerMakesItWorseAndNeverBetter() {
        latency.unanswered(1_000 * MILLI, clock.getAsLong());
        assertMillis(1_000);
        latency.unanswered(MILLI, clock.getAsLong());
        assertMillis(1_000);
    }

    @Test
    void itCanForget() {
        latency.answered(MILLI, clock.getAsLong());
        latency.forget();
        assertThat(latency.nanos(clock.getAsLong())).isZero();
    }

    private void assertMillis(double millis) {
        assertThat(latency.nanos(clock.getAsLong()) / (double) MILLI / millis).isCloseTo(1, ROUNDING);
    }
}
