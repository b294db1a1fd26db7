package io.github.moonlibs.discovery.core.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Which hedge is due next, in whichever order they were expected. */
@NullUnmarked // nothing is asked of their calls and attempts
class HedgesTest {
    private static final int MANY = 100;

    private final Hedges hedges = new Hedges(MANY);
    private final long start = Long.MAX_VALUE - 500;

    private static BulkAttempt open() {
        BulkElement element = new BulkElement(0, List.of(), null);
        BulkAttempt attempt = new BulkAttempt(element, null, new Arrivals()) {
            @Override
            boolean isLate() {
                return false;
            }
        };
        element.begun(attempt);
        return attempt;
    }

    private BulkAttempt expect(long at) {
        BulkAttempt attempt = open();
        hedges.expect(attempt, start + at);
        return attempt;
    }

    private List<Long> dueTimes() {
        List<Long> times = new ArrayList<>();
        for (BulkAttempt next = hedges.next(); next != null; next = hedges.next()) {
            times.add(next.hedgeAt - start);
            hedges.remove(next);
        }
        return times;
    }

    @Test
    void comeByTheirTimesAndNotInTheOrderInWhichTheyWereExpected() {
        List<Long> expected = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < MANY; i++) {
            long at = random.nextInt(1_000);
            expect(at);
            expected.add(at);
        }
        expected.sort(null);
        assertThat(dueTimes()).isEqualTo(expected);
    }

    @Test
    void oneThatIsExpectedAgainSoonerIsNext() {
        BulkAttempt first = expect(1);
        expect(2);
        BulkAttempt last = expect(900);
        assertThat(hedges.next()).isSameAs(first);
        hedges.remove(first);
        hedges.expect(first, start + 500);
        assertThat(dueTimes()).containsExactly(2L, 500L, 900L);
        assertThat(last.element.toHedge).isSameAs(last);
    }

    @Test
    void thoseOfElementsThatAreOverArePassedByAndDoNotPileUp() {
        for (int round = 0; round < 10; round++) {
            List<BulkAttempt> over = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                over.add(expect(i));
            }
            over.forEach(attempt -> attempt.element.over(attempt));
        }
        expect(7);
        assertThat(dueTimes()).containsExactly(7L);
        assertThat(hedges.next()).isNull();
    }
}
