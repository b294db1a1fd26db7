package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CallOptionsTest {
    private static final Deadline SOON = Deadline.after(Duration.ofMinutes(1));
    private static final Predicate<AttemptException> LOST =
            Predicate.isEqual(new AttemptException(AttemptException.Kind.LOST, true, "a", null));
    private static final Predicate<TarantoolError> READ_ONLY =
            Predicate.isEqual(new TarantoolError(7, "", "read-only", "", 0, 0, Map.of(), null));

    /** A change of each option. */
    private static final List<UnaryOperator<CallOptions>> CHANGES = List.of(
            options -> options.withTimeout(Duration.ofMillis(250)),
            options -> options.withDeadline(Duration.ofSeconds(3)),
            options -> options.withDeadline(SOON),
            options -> options.withMaxAttempts(4),
            options -> options.withFailFast(true),
            options -> options.withRetryOn(LOST),
            options -> options.withNotExecuted(READ_ONLY),
            options -> options.withHedging(Hedging.atP95()),
            options -> options.withTimeoutArgument(true));

    @Test
    void aChangeKeepsEveryOtherOption() {
        CallOptions all = CallOptions.defaults();
        for (UnaryOperator<CallOptions> change : CHANGES) {
            all = change.apply(all);
        }

        assertThat(all.timeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(all.timeoutNanos()).isEqualTo(250_000_000);
        assertThat(all.deadline()).isEqualTo(SOON);
        assertThat(all.maxAttempts()).isEqualTo(4);
        assertThat(all.failFast()).isTrue();
        assertThat(all.retryOn()).isSameAs(LOST);
        assertThat(all.notExecuted()).isSameAs(READ_ONLY);
        assertThat(all.hedging()).isEqualTo(Hedging.atP95());
        assertThat(all.timeoutArgument()).isTrue();
        for (UnaryOperator<CallOptions> change : CHANGES) {
            // the deadline is one option that is given in two ways: the last one counts
            assertThat(change.apply(all).withDeadline(SOON)).isEqualTo(all);
        }
    }

    @Test
    void optionsAreEqualIfEachOfThemIs() {
        for (UnaryOperator<CallOptions> change : CHANGES) {
            CallOptions once = change.apply(CallOptions.defaults());
            assertThat(once).isEqualTo(change.apply(CallOptions.defaults()));
            assertThat(once).hasSameHashCodeAs(change.apply(CallOptions.defaults()));
            assertThat(once).isNotEqualTo(CallOptions.defaults());
        }
        assertThat(CHANGES.stream().map(change -> change.apply(CallOptions.defaults())))
                .doesNotHaveDuplicates();
    }

    @Test
    void theDeadlineIsReturnedAsItWasGiven() {
        CallOptions options = CallOptions.defaults();
        assertThat(options.deadline()).isNull();
        assertThat(options.deadlineFromStart()).isNull();

        CallOptions fromStart = options.withDeadline(SOON).withDeadline(Duration.ofSeconds(3));
        assertThat(fromStart.deadlineFromStart()).isEqualTo(Duration.ofSeconds(3));
        assertThat(fromStart.deadline()).isNull();

        CallOptions absolute = fromStart.withDeadline(SOON);
        assertThat(absolute.deadline()).isEqualTo(SOON);
        assertThat(absolute.deadlineFromStart()).isNull();
    }

    @Test
    void theDeadlineOfACallIsTheOneSetAndOtherwiseTimeoutTimesMaxAttempts() {
        CallOptions options = CallOptions.defaults().withTimeout(Duration.ofMillis(5));
        long now = System.nanoTime();

        assertThat(options.deadlineFrom(now).remainingNanos(now)).isEqualTo(5_000_000);
        assertThat(options.withMaxAttempts(3).deadlineFrom(now).remainingNanos(now))
                .isEqualTo(15_000_000);
        assertThat(options.withDeadline(Duration.ofSeconds(1)).deadlineFrom(now).remainingNanos(now))
                .isEqualTo(1_000_000_000);
        assertThat(options.withDeadline(SOON).deadlineFrom(now)).isEqualTo(SOON);
    }

    @Test
    void textSaysWhatDiffersFromTheDefaults() {
        assertThat(CallOptions.defaults())
                .hasToString("timeout 1 s, deadline timeout × maxAttempts, maxAttempts unlimited");
        assertThat(CallOptions.defaults()
                        .withTimeout(Duration.ofMillis(1_500))
                        .withDeadline(Duration.ofMinutes(2))
                        .withMaxAttempts(2)
                        .withFailFast(true)
                        .withRetryOn(LOST)
                        .withNotExecuted(READ_ONLY)
                        .withHedging(Hedging.after(Duration.ofMillis(20)))
                        .withTimeoutArgument(true))
                .hasToString("timeout 1500 ms, deadline 120 s, maxAttempts 2, failFast, retryOn set, notExecuted set, "
                        + "hedging after 20 ms, timeoutArgument");
    }

    @Test
    void hedgingIsOneOfFourPolicies() {
        List<Hedging> all =
                List.of(Hedging.none(), Hedging.late(), Hedging.atP95(), Hedging.after(Duration.ofMillis(1)));

        assertThat(all).doesNotHaveDuplicates().filteredOn(Hedging::isNone).containsExactly(Hedging.none());
        assertThat(all).filteredOn(Hedging::isLate).containsExactly(Hedging.late());
        assertThat(all).filteredOn(hedging -> hedging.delay() != null).containsExactly(all.getLast());
        assertThat(all)
                .extracting(Hedging::toString)
                .containsExactly("none", "late", "at the observed p95", "after 1.0 ms");
    }
}
