package io.github.moonlibs.discovery.chaos;

import static io.github.moonlibs.discovery.chaos.Profile.BOUNDED;
import static io.github.moonlibs.discovery.chaos.Profile.DEFAULT;
import static io.github.moonlibs.discovery.chaos.Profile.HEDGED;
import static io.github.moonlibs.discovery.chaos.Profile.ONCE;
import static io.github.moonlibs.discovery.chaos.Profile.SLOW;
import static io.github.moonlibs.discovery.chaos.Profile.TIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a failure of a retriable call is the library's. */
class ServedRuleTest {
    private final HistoryBuilder history = new HistoryBuilder();

    private void assertIsViolation() {
        assertThat(history.broken()).containsExactly(ServedRule.NAME);
    }

    private void assertIsNone() {
        assertThat(history.broken()).isEmpty();
    }

    @Test
    void failureWhileAllNodesAreWellIsAViolation() {
        history.failed(DEFAULT, 1, 20_000, 20_003, "n1");
        assertIsViolation();
    }

    @Test
    void failureThatTriedNoNodeIsAViolation() {
        history.failed(DEFAULT, 1, 20_000, 21_000);
        assertIsViolation();
    }

    @Test
    void failureOfACallThatIsNotRetriableIsNone() {
        history.failed(ONCE, 1, 20_000, 20_003, "n1");
        assertIsNone();
    }

    @Test
    void oneHungNodeIsNoExcuse() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000).failed(DEFAULT, 1, 20_000, 21_000, "n1");
        assertIsViolation();
    }

    @Test
    void nodesThatWereAllInTroubleAreAnExcuse() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000)
                .trouble("n2", FaultKind.KILL, 20_500, 20_600)
                .trouble("n3", FaultKind.CUT, 10_000, 14_000)
                .failed(DEFAULT, 1, 20_000, 21_000, "n1", "n2");
        assertIsNone();
    }

    @Test
    void nodeThatWasWellForLongEnoughCouldServe() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000)
                .trouble("n2", FaultKind.KILL, 20_500, 20_600)
                .trouble("n3", FaultKind.CUT, 7_000, 11_900)
                .failed(DEFAULT, 1, 20_000, 21_000, "n1", "n2");
        assertIsViolation();
    }

    @Test
    void nodeThatDoesNotAnswerItsWitnessCouldNotServe() {
        history.unanswering("n1").unanswering("n2").unanswering("n3").failed(DEFAULT, 1, 20_000, 20_003, "n1");
        assertIsNone();
    }

    @Test
    void timeThatNodesInTroubleUsedUpIsAnExcuse() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000)
                .trouble("n2", FaultKind.FREEZE, 19_000, 22_000)
                .failed(TIGHT, 1, 20_000, 20_400, "n1", "n2")
                .failed(DEFAULT, 2, 20_000, 21_000, "n1", "n2");
        assertThat(history.broken()).containsExactly(ServedRule.NAME, ServedRule.NAME);

        // an answer may take 172 ms now: the default call has 250 left for it, the tight one never more than 100
        history.platformDelay(20_000, 20_040);
        assertIsViolation();
    }

    @Test
    void thirdAttemptIsForTheNodeThatIsWell() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000)
                .trouble("n2", FaultKind.FREEZE, 19_000, 22_000)
                .failed(BOUNDED, 1, 20_000, 20_900, "n1", "n2");
        assertIsViolation();
    }

    @Test
    void hedgeLeavesMoreTimeThanATimeout() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000)
                .trouble("n2", FaultKind.FREEZE, 19_000, 22_000)
                .platformDelay(20_000, 20_200)
                .failed(DEFAULT, 1, 20_000, 21_000, "n1")
                .failed(HEDGED, 2, 20_000, 21_000, "n1");
        assertThat(Checker.check(history.build()))
                .singleElement()
                .satisfies(violation -> assertThat(violation.what()).contains("call 2 "));
    }

    @Test
    void callThatFailedLongBeforeItsDeadlineDidNotLackTime() {
        history.trouble("n1", FaultKind.FREEZE, 19_000, 22_000)
                .trouble("n2", FaultKind.FREEZE, 19_000, 22_000)
                .platformDelay(20_000, 20_100)
                .failed(DEFAULT, 1, 20_000, 20_300, "n3");
        assertIsViolation();
    }

    @Test
    void busyMachineIsAnExcuse() {
        history.platformDelay(20_200, 20_900).failed(DEFAULT, 1, 20_000, 21_000, "n1");
        assertIsNone();
    }

    @Test
    void delaysOfVirtualThreadsExcuseNoPlatformThread() {
        history.virtualDelay(20_200, 20_900).failed(DEFAULT, 1, 20_000, 21_000, "n1");
        assertIsViolation();
    }

    @Test
    void budgetThatRefusedWhenItWasUsedUpIsAnExcuse() {
        history.budget(19_000, 400, 0)
                .budget(20_100, 0, 7)
                .budget(20_200, 0, 9)
                .failed(DEFAULT, 1, 20_000, 20_150, "n1");
        assertIsNone();
    }

    @Test
    void budgetThatRefusedWithMuchLeftIsNoExcuse() {
        history.budget(19_000, 400, 0)
                .budget(20_100, 400, 7)
                .budget(20_200, 390, 9)
                .failed(DEFAULT, 1, 20_000, 20_150, "n1");
        assertIsViolation();
    }

    @Test
    void budgetThatRefusedNothingIsNoExcuse() {
        history.budget(19_000, 0, 9).budget(20_100, 0, 9).failed(DEFAULT, 1, 20_000, 20_150, "n1");
        assertIsViolation();
    }

    @Test
    void ejectionForAFaultIsAnExcuse() {
        history.trouble("n1", FaultKind.FREEZE, 9_000, 11_000)
                .trouble("n2", FaultKind.KILL, 19_000, 22_000)
                .trouble("n3", FaultKind.KILL, 19_000, 22_000)
                .ejected("n1", 10_000, 25_000)
                .failed(DEFAULT, 1, 20_000, 20_150, "n2");
        assertIsNone();
    }

    @Test
    void ejectionOfANodeThatWasWellIsNoExcuse() {
        history.trouble("n2", FaultKind.KILL, 19_000, 22_000)
                .trouble("n3", FaultKind.KILL, 19_000, 22_000)
                .ejected("n1", 10_000, 25_000)
                .failed(DEFAULT, 1, 20_000, 20_150, "n2");
        assertIsViolation();
    }

    @Test
    void ejectionThatABusyMachineExplainsIsAnExcuse() {
        history.trouble("n2", FaultKind.KILL, 19_000, 22_000)
                .trouble("n3", FaultKind.KILL, 19_000, 22_000)
                .platformDelay(9_500, 9_600)
                .ejected("n1", 10_000, 25_000)
                .failed(DEFAULT, 1, 20_000, 20_150, "n2");
        assertIsNone();
    }

    @Test
    void manySlowCallsExcuseNoneOfThem() {
        history.trouble("n1", FaultKind.SLOW_CALLS, 20_000, 24_000)
                .ejected("n1", 21_000, 23_000)
                .unanswering("n1")
                .failed(SLOW, 1, 20_001, 21_600, "n1");
        assertIsViolation();
    }

    @Test
    void otherFaultOfItsNodeExcusesASlowCall() {
        history.trouble("n1", FaultKind.SLOW_CALLS, 20_000, 24_000)
                .trouble("n1", FaultKind.KILL, 24_500, 25_000)
                .failed(SLOW, 1, 20_001, 24_600, "n1");
        assertIsNone();
    }

    @Test
    void manySlowCallsOnOneNodeLeaveTheOthersToServe() {
        history.trouble("n1", FaultKind.SLOW_CALLS, 19_000, 24_000).failed(DEFAULT, 1, 20_000, 21_000, "n1");
        assertIsViolation();
    }
}
