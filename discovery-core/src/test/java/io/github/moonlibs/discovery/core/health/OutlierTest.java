package io.github.moonlibs.discovery.core.health;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.FakeClock;
import io.github.moonlibs.discovery.core.health.Outlier.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OutlierTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Exception failure = new Exception("no reply");
    private final FakeClock clock = new FakeClock();
    private final AtomicInteger changes = new AtomicInteger();
    private Outlier outlier = outlier(OutlierPolicy.defaults());

    private Outlier outlier(OutlierPolicy policy) {
        return new Outlier("a:1", policy, clock, ejection -> changes.incrementAndGet());
    }

    @Test
    void aNodeThatOnlyFailsIsOutWithinItsMinimumVolumeWhateverCameBefore() {
        for (int successes : new int[] {0, 1, 9, 10, 1_000_000}) {
            outlier = outlier(OutlierPolicy.defaults());
            answer(successes);
            fail(successes == 1 || successes == 9 ? 8 : 9);
            assertThat(outlier.state()).as("after %d successes", successes).isEqualTo(State.IN);
            fail(successes == 1 || successes == 9 ? 2 : 1);
            assertThat(outlier.state()).as("after %d successes", successes).isEqualTo(State.OUT);
        }
    }

    @Test
    void everyCallCountsThoughTheBreakerIsSparedMostSuccesses() {
        SplittableRandom random = new SplittableRandom(42);
        OutlierPolicy policy = OutlierPolicy.builder()
                .slowCalls(Duration.ofMillis(100), 0.4)
                .baseEjection(Duration.ofSeconds(1))
                .build();
        for (int round = 0; round < 300; round++) {
            outlier = outlier(policy);
            CircuitBreaker plain = CircuitBreaker.of(
                    "plain",
                    CircuitBreakerConfig.custom()
                            .slidingWindow(20, 10, SlidingWindowType.COUNT_BASED)
                            .failureRateThreshold(50)
                            .slowCallRateThreshold(40)
                            .slowCallDurationThreshold(Duration.ofNanos(100 * MILLI - 1))
                            .permittedNumberOfCallsInHalfOpenState(3)
                            .build());
            double failures = random.nextDouble(0.6);
            for (int call = 0; call < 300; call++) {
                long nanos = random.nextInt(4) == 0 ? 100 * MILLI : MILLI;
                if (random.nextDouble() < failures) {
                    outlier.failed(nanos, failure);
                    plain.onError(nanos, TimeUnit.NANOSECONDS, failure);
                } else {
                    outlier.answered(nanos);
                    plain.onSuccess(nanos, TimeUnit.NANOSECONDS);
                }
                if (plain.getState() == CircuitBreaker.State.OPEN) {
                    clock.advance(policy.maxEjection());
                    assertThat(outlier.state()).isEqualTo(State.OUT);
                    outlier.tick();
                    plain.transitionToHalfOpenState();
                }
                assertThat(outlier.state()).isEqualTo(expected(plain.getState()));
            }
        }
    }

    private static State expected(CircuitBreaker.State state) {
        return switch (state) {
            case CLOSED -> State.IN;
            case OPEN -> State.OUT;
            case HALF_OPEN -> State.PROBING;
            default -> throw new AssertionError(state);
        };
    }

    @Test
    void aNodeThatFailsNowAndThenStaysIn() {
        for (int i = 0; i < 1_000; i++) {
            answer(2);
            fail(1);
        }
        assertThat(outlier.state()).isEqualTo(State.IN);
        assertThat(outlier.ejection()).isNull();
        assertThat(changes).hasValue(0);
    }

    @Test
    void whenItsTimeIsOverAFewCallsProbeIt() {
        fail(10);
        outlier.tick();
        assertThat(outlier.state()).isEqualTo(State.OUT);
        assertThat(outlier.takeProbe()).isFalse();

        clock.advance(Duration.ofSeconds(5));
        outlier.tick();
        assertThat(outlier.state()).isEqualTo(State.PROBING);
        assertThat(outlier.takeProbe()).isTrue();
        assertThat(outlier.takeProbe()).isTrue();
        assertThat(outlier.takeProbe()).isTrue();
        assertThat(outlier.takeProbe()).isFalse();

        answer(3);
        assertThat(outlier.state()).isEqualTo(State.IN);
        assertThat(changes).hasValue(3);
    }

    @Test
    void probesThatComeToNothingAreGivenAgain() {
        fail(10);
        clock.advance(Duration.ofSeconds(5));
        outlier.tick();
        while (outlier.takeProbe()) {
            assertThat(outlier.state()).isEqualTo(State.PROBING);
        }
        clock.advance(Duration.ofSeconds(4));
        outlier.tick();
        assertThat(outlier.takeProbe()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        outlier.tick();
        assertThat(outlier.takeProbe()).isTrue();
    }

    @Test
    void everyFurtherEjectionIsTwiceAsLongUpToTheLongest() {
        fail(10);
        for (int seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
            assertThat(requireNonNull(outlier.ejection()).remaining()).isEqualTo(Duration.ofSeconds(seconds));
            clock.advance(Duration.ofSeconds(seconds));
            outlier.tick();
            fail(3);
        }
        assertThat(requireNonNull(outlier.ejection()).inARow()).isEqualTo(9);
    }

    @Test
    void aLongEnoughStayIsForgiveness() {
        ejectAndHeal();
        clock.advance(Duration.ofSeconds(4));
        ejectAndHeal();
        clock.advance(Duration.ofSeconds(11));
        fail(10);

        assertThat(requireNonNull(outlier.ejection()).inARow()).isEqualTo(1);
    }

    private void ejectAndHeal() {
        fail(10);
        clock.advance(requireNonNull(outlier.ejection()).remaining());
        outlier.tick();
        answer(3);
        assertThat(outlier.state()).isEqualTo(State.IN);
    }

    @Test
    void slowAnswersEjectTooIfThePolicySaysSo() {
        outlier = outlier(
                OutlierPolicy.builder().slowCalls(Duration.ofMillis(100), 0.8).build());
        for (int i = 0; i < 10; i++) {
            outlier.answered(100 * MILLI);
        }
        assertThat(requireNonNull(outlier.ejection()).reason())
                .isEqualTo("10 of its last 10 calls took PT0.1S or longer");
    }

    @Test
    void withoutATimeFromWhichAnAnswerIsSlowNoneIs() {
        fail(1);
        for (int i = 0; i < OutlierPolicy.defaults().windowCalls(); i++) {
            outlier.answered(Duration.ofDays(1).toNanos());
        }
        assertThat(outlier.state()).isEqualTo(State.IN);
    }

    @Test
    void itSaysWhy() {
        answer(10);
        fail(10);
        assertThat(outlier.ejection())
                .hasToString(
                        "ejected for another 5000 ms: 10 of its last 20 calls timed out, lost their connection or failed where another node answered");
        clock.advance(Duration.ofSeconds(5));
        outlier.tick();
        assertThat(outlier.ejection())
                .hasToString(
                        "probed: 10 of its last 20 calls timed out, lost their connection or failed where another node answered");
    }

    @Test
    void itSaysWhyAlsoIfOthersAreAnsweredInTheSameMoment() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        outlier = new Outlier(
                "a:1",
                OutlierPolicy.defaults(),
                () -> {
                    // asked for the time after the breaker has decided, and before the reason is put down
                    meanwhile.getAndSet(() -> {}).run();
                    return clock.getAsLong();
                },
                ejection -> {});
        answer(10);
        fail(9);
        meanwhile.set(() -> answer(20));
        fail(1);
        assertThat(outlier.ejection())
                .satisfies(ejection -> assertThat(ejection.reason())
                        .isEqualTo(
                                "too many of its last 20 calls timed out, lost their connection or failed where another node"
                                        + " answered"));
    }

    @Test
    void aChangeIsReportedAsItWasThoughTheNextOneHasComeMeanwhile() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
            clock.advance(Duration.ofSeconds(5));
            outlier.tick();
        });
        List<Boolean> probings = new ArrayList<>();
        outlier = new Outlier("a:1", OutlierPolicy.defaults(), clock, ejection -> {
            meanwhile.getAndSet(() -> {}).run();
            probings.add(requireNonNull(ejection).isProbing());
        });
        fail(10);
        assertThat(probings).containsExactly(true, false);
    }

    @Test
    void aPolicyThatIsOffEjectsNobody() {
        outlier = outlier(OutlierPolicy.off());
        fail(1_000);
        answer(1);
        assertThat(outlier.state()).isEqualTo(State.IN);
    }

    private void answer(int times) {
        for (int i = 0; i < times; i++) {
            outlier.answered(MILLI);
        }
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            outlier.failed(1_000 * MILLI, failure);
        }
    }

    @Test
    void theLeastLimitsThatAPolicyTakesHold() {
        outlier = outlier(OutlierPolicy.builder()
                .failureRate(1e-50)
                .slowCalls(Duration.ofNanos(1), 1e-50)
                .build());
        answer(5);
        fail(5);
        assertThat(outlier.state()).isEqualTo(State.OUT);
    }
}
