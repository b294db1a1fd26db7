package io.github.moonlibs.discovery.chaos;

import static io.github.moonlibs.discovery.chaos.HistoryBuilder.HASH;
import static io.github.moonlibs.discovery.chaos.Profile.DEFAULT;
import static io.github.moonlibs.discovery.chaos.Profile.ONCE;
import static io.github.moonlibs.discovery.chaos.Profile.POISON;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.chaos.Call.Answer;
import io.github.moonlibs.discovery.chaos.Call.Failure;
import io.github.moonlibs.discovery.chaos.Call.Garbage;
import io.github.moonlibs.discovery.chaos.Call.Tried;
import io.github.moonlibs.discovery.chaos.Call.Unended;
import io.github.moonlibs.discovery.chaos.Call.Unexpected;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every other rule on the smallest history that breaks it, and on one that just does not. */
class CheckerTest {
    private static final String OTHER = "11111111111111111111111111111111";

    private final HistoryBuilder history = new HistoryBuilder();

    private void assertBroken(String... rules) {
        assertThat(history.broken()).containsExactly(rules);
    }

    @Test
    void answeredCallsBreakNothing() {
        history.answered(DEFAULT, 1, "n1", 1_000, 1_005).answered(ONCE, 2, "n2", 1_000, 1_005);
        assertBroken();
    }

    // ---- sent twice

    @Test
    void callThatIsNotRetriableAndRanOnTwoNodesIsFound() {
        history.answered(ONCE, 1, "n1", 1_000, 1_005).executed("n2", 1, "1.7");
        assertBroken(SentOnceRule.NAME);
    }

    @Test
    void callThatIsNotRetriableAndFailedMayHaveRunOnce() {
        history.failed(ONCE, 1, 1_000, 1_005, "n1").executed("n1", 1, "1.7");
        assertBroken();
    }

    @Test
    void retriableCallMayRunOnTwoNodes() {
        history.answered(DEFAULT, 1, "n1", 1_000, 1_005).executed("n2", 1, "1.7");
        assertBroken();
    }

    @Test
    void retriableCallThatRanTwiceOnANodeIsFound() {
        history.answered(DEFAULT, 1, "n1", 1_000, 1_005).executed("n1", 1, "2.1");
        assertBroken(NoNodeTwiceRule.NAME);
    }

    @Test
    void failureThatTriedANodeTwiceIsFound() {
        history.failed(ONCE, 1, 1_000, 1_005, "n1", "n2", "n1");
        assertBroken(NoNodeTwiceRule.NAME);
    }

    // ---- wrong answers

    @Test
    void answerToAnotherCallIsFound() {
        history.answered(DEFAULT, 2, "n1", 1_000, 1_005)
                .executed("n1", 1, "1.1")
                .call(DEFAULT, 1, 1_000, 1_005, new Answer(2, HASH, "n1", "1.2", HASH));
        assertBroken(TrueAnswersRule.NAME);
    }

    @Test
    void answerOfWhichTheNodeKnowsNothingIsFound() {
        history.call(DEFAULT, 1, 1_000, 1_005, new Answer(1, HASH, "n1", "1.1", HASH));
        assertBroken(TrueAnswersRule.NAME);
    }

    @Test
    void answerOfAnotherExecutionIsFound() {
        history.executed("n1", 1, "1.2").call(DEFAULT, 1, 1_000, 1_005, new Answer(1, HASH, "n1", "1.1", HASH));
        assertBroken(TrueAnswersRule.NAME);
    }

    @Test
    void argumentsThatArriveChangedAreFoundOnBothSides() {
        history.executed(new Execution("n1", 1, OTHER, "1.1"))
                .call(DEFAULT, 1, 1_000, 1_005, new Answer(1, OTHER, "n1", "1.1", HASH));
        assertBroken(TrueAnswersRule.NAME, TrueAnswersRule.NAME);
    }

    @Test
    void argumentsThatComeBackChangedAreFound() {
        history.executed("n1", 1, "1.1").call(DEFAULT, 1, 1_000, 1_005, new Answer(1, HASH, "n1", "1.1", OTHER));
        assertBroken(TrueAnswersRule.NAME);
    }

    @Test
    void callThatNoCallerMadeIsFound() {
        history.executed("n1", 9, "1.1");
        assertBroken(TrueAnswersRule.NAME);
    }

    @Test
    void resultThatCannotBeReadIsFoundUnlessItIsPoison() {
        history.call(DEFAULT, 1, 1_000, 1_005, new Garbage("text")).call(POISON, 2, 1_000, 1_005, new Garbage("nest"));
        assertBroken(TrueAnswersRule.NAME);
    }

    // ---- late

    @Test
    void callThatIsFiftyMillisecondsLateIsInTime() {
        history.failed(ONCE, 1, 11_000, 12_050, "n1");
        assertBroken();
    }

    @Test
    void callThatIsLaterIsFound() {
        history.failed(ONCE, 1, 11_000, 12_051, "n1");
        assertBroken(InTimeRule.NAME);
    }

    @Test
    void successThatIsLateIsFound() {
        history.answered(ONCE, 1, "n1", 11_000, 12_500);
        assertBroken(InTimeRule.NAME);
    }

    @Test
    void whatTheMachineIsLateByIsAllowed() {
        history.platformDelay(11_995, 12_020)
                .failed(ONCE, 1, 11_000, 12_120, "n1")
                .failed(ONCE, 2, 11_000, 12_130, "n1");
        assertThat(Checker.check(history.build()))
                .singleElement()
                .satisfies(violation -> assertThat(violation.what()).contains("call 2 "));
    }

    @Test
    void delaysBeforeTheCallAllowNothing() {
        history.platformDelay(10_400, 10_990).failed(ONCE, 1, 11_000, 12_060, "n1");
        assertBroken(InTimeRule.NAME);
    }

    @Test
    void callThatNeverEndedIsFound() {
        history.platformDelay(11_000, 60_000).call(ONCE, 1, 11_000, 50_000, new Unended());
        assertBroken(InTimeRule.NAME);
    }

    @Test
    void coldProcessMayBeLate() {
        history.failed(ONCE, 1, 1_000, 2_500, "n1");
        assertBroken();
    }

    // ---- the rest

    @Test
    void exceptionThatTheLibraryDoesNotPromiseIsFound() {
        history.call(ONCE, 1, 1_000, 1_005, new Unexpected("NullPointerException"));
        assertBroken(ExpectedRule.NAME);
    }

    @Test
    void leftoversAreFound() {
        history.leftover("thread discovery-io");
        assertBroken(NothingLeftRule.NAME);
    }

    @Test
    void replyThatIsTooLargeMayNotBeAskedForAgain() {
        large(
                new Tried("n1", Times.millis(1_000), Times.millis(3), "lost"),
                new Tried("n2", Times.millis(1_004), Times.millis(3), "lost"));
        assertBroken(PoisonRule.NAME);
    }

    @Test
    void replyThatWasNotSeenMayBeAskedForAgain() {
        large(
                new Tried("n1", Times.millis(1_000), Times.millis(3), "timeout"),
                new Tried("n2", Times.millis(1_004), Times.millis(3), "lost"));
        assertBroken();
    }

    @Test
    void hedgeOfAReplyThatIsTooLargeIsAllowed() {
        large(
                new Tried("n1", Times.millis(1_000), Times.millis(600), "lost"),
                new Tried("n2", Times.millis(1_500), Times.millis(200), "abandoned"));
        assertBroken();
    }

    private void large(Tried... attempts) {
        Failure failure = new Failure("CallFailedException", "too large", List.of(attempts));
        history.call(POISON, Procedure.LARGE, 1, 1_000, 1_700, failure);
    }
}
