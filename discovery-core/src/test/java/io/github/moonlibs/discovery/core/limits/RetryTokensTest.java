package io.github.moonlibs.discovery.core.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.RetryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The budget on a clock that stands still unless a test moves it. */
@Timeout(300)
class RetryTokensTest {
    private static final long SECOND = 1_000_000_000;

    private final AtomicLong calls = new AtomicLong();
    /** The monotonic clock may start anywhere, and wrap around. */
    private long now = Long.MAX_VALUE - 3 * SECOND;

    private RetryTokens tokens(double ratio, int minPerSecond) {
        return new RetryTokens(new RetryBudget(ratio, minPerSecond), calls::get, now);
    }

    private void call(RetryTokens tokens, int times) {
        for (int i = 0; i < times; i++) {
            tokens.tick(now);
            calls.incrementAndGet();
        }
    }

    private int takeAll(RetryTokens tokens) {
        int taken = 0;
        while (taken < 1_000_000 && tokens.take(now)) {
            taken++;
        }
        return taken;
    }

    @Test
    void aFifthOfTheCallsMayBeRepeated() {
        RetryTokens tokens = tokens(0.2, 0);

        call(tokens, 1_000);
        assertThat(takeAll(tokens)).isEqualTo(200);
        call(tokens, 5);
        assertThat(takeAll(tokens)).isEqualTo(1);
    }

    @Test
    void aQuietClientHasItsMinimumOverTenSeconds() {
        RetryTokens tokens = tokens(0.2, 10);

        assertThat(takeAll(tokens)).isEqualTo(100);
        now += 9 * SECOND;
        assertThat(takeAll(tokens))
                .as("they were taken within the last ten seconds")
                .isZero();
        now += SECOND;
        assertThat(takeAll(tokens)).isEqualTo(100);
    }

    @Test
    void whicheverIsMoreCountsAndNotTheSum() {
        RetryTokens tokens = tokens(0.2, 10);

        call(tokens, 400);
        assertThat(takeAll(tokens)).isEqualTo(100);
        call(tokens, 400);
        assertThat(takeAll(tokens)).isEqualTo(60);
    }

    @Test
    void callsFillTheBucketForTenSecondsAndNoLonger() {
        RetryTokens tokens = tokens(0.5, 0);

        for (int second = 0; second < 10; second++) {
            call(tokens, 10);
            now += SECOND;
        }
        assertThat(tokens.snapshot(now).available())
                .as("the first second is over")
                .isEqualTo(45);
        now += 4 * SECOND;
        assertThat(tokens.snapshot(now).available()).isEqualTo(25);
        now += 60 * SECOND;
        assertThat(tokens.snapshot(now).available()).isZero();
        assertThat(takeAll(tokens)).isZero();
    }

    @Test
    void inEveryTenSecondsNoMoreIsTakenThanTheShare() {
        RetryTokens tokens = tokens(0.2, 0);
        List<Integer> taken = new ArrayList<>();

        // a wave of calls: none for a while, then many
        for (int second = 0; second < 60; second++) {
            call(tokens, second % 15 < 5 ? 100 : 3);
            taken.add(takeAll(tokens));
            now += SECOND;
        }
        for (int from = 0; from + 10 <= taken.size(); from++) {
            int made = 0;
            for (int second = Math.max(0, from - 9); second < from + 10; second++) {
                made += second % 15 < 5 ? 100 : 3;
            }
            assertThat(taken.subList(from, from + 10).stream().mapToInt(i -> i).sum())
                    .isLessThanOrEqualTo((int) (0.2 * made));
        }
    }

    @Test
    void theSnapshotSaysWhatIsLeftAndWhatWasRefused() {
        RetryTokens tokens = tokens(0.2, 0);
        call(tokens, 50);

        assertThat(tokens.take(now)).isTrue();
        var before = tokens.snapshot(now);
        assertThat(takeAll(tokens)).isEqualTo(9);
        tokens.refused();
        var after = tokens.snapshot(now);
        assertThat(List.of(before.calls(), before.extraAttempts(), before.available(), before.totalRefused()))
                .containsExactly(50L, 1L, 9L, 0L);
        assertThat(List.of(after.calls(), after.extraAttempts(), after.available(), after.totalRefused()))
                .containsExactly(50L, 10L, 0L, 1L);
        now += 20 * SECOND;
        var later = tokens.snapshot(now);
        assertThat(List.of(later.calls(), later.extraAttempts(), later.totalExtraAttempts()))
                .containsExactly(0L, 0L, 10L);
    }

    @Test
    void withoutABudgetThereIsNoEnd() {
        RetryTokens tokens = new RetryTokens(RetryBudget.unlimited(), calls::get, now);

        assertThat(takeAll(tokens)).isEqualTo(1_000_000);
        assertThat(tokens.snapshot(now).available()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void threadsTogetherTakeNoMoreThanOneWould() throws InterruptedException {
        RetryTokens tokens = tokens(0.2, 0);
        call(tokens, 100_000);
        AtomicInteger taken = new AtomicInteger();

        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> taken.addAndGet(takeAll(tokens))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).hasValue(20_000);
    }

    @Test
    void aBudgetThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new RetryBudget(Double.NaN, 0)).hasMessageContaining("a ratio of at least 0, got NaN");
        assertThatThrownBy(() -> new RetryBudget(-0.1, 0)).hasMessageContaining("got -0.1");
        assertThatThrownBy(() -> new RetryBudget(0.2, -1)).hasMessageContaining("at least 0 attempts per second");
    }
}
