package io.github.moonlibs.discovery.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The observed p95, on a clock that stands still unless a test moves it. */
@Timeout(300)
class LatencyHistogramTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MILLI = 1_000_000;

    private final LatencyHistogram histogram = new LatencyHistogram(0);

    private void record(int times, long nanos, long now) {
        for (int i = 0; i < times; i++) {
            histogram.record(nanos, now);
        }
    }

    @Test
    void tooFewRecordsSayNothing() {
        record(63, MILLI, 0);
        assertThat(histogram.p95Nanos()).isEqualTo(LatencyHistogram.UNKNOWN);
        record(1, MILLI, 0);
        assertThat(histogram.p95Nanos()).isBetween(MILLI, MILLI * 107 / 100);
    }

    @ParameterizedTest
    @ValueSource(longs = {20_000, 300_000, 5_000_000, 700_000_000, 20_000_000_000L})
    void itIsRightToABucketsWidth(long mean) {
        Random random = new Random(mean);
        long[] nanos = random.doubles(6_400)
                .mapToLong(u -> (long) (-Math.log(1 - u) * mean))
                .toArray();
        Arrays.stream(nanos).forEach(each -> histogram.record(each, 0));

        Arrays.sort(nanos);
        long exact = nanos[nanos.length * 95 / 100];
        assertThat(histogram.p95Nanos()).isBetween(exact, exact * 107 / 100 + 1_024);
        long above =
                Arrays.stream(nanos).filter(each -> each > histogram.p95Nanos()).count();
        assertThat(above).isLessThanOrEqualTo(nanos.length * 5 / 100);
    }

    @Test
    void whatLiesOutsideCountsAtTheEdge() {
        record(64, Long.MAX_VALUE, 0);
        assertThat(histogram.p95Nanos()).isGreaterThan(100 * SECOND);
        record(10_000, -1, 0);
        assertThat(histogram.p95Nanos()).isLessThan(2_000);
    }

    @Test
    void theLatestCountMost() {
        record(10_000, 10 * MILLI, 0);
        long now = 0;
        for (int i = 0; i < 8; i++) {
            now += 10 * SECOND;
            record(1_280, MILLI, now);
        }
        assertThat(histogram.p95Nanos()).isLessThan(2 * MILLI);
        now += 10 * SECOND;
        record(1_280, 20 * MILLI, now);
        assertThat(histogram.p95Nanos()).isGreaterThan(20 * MILLI);
    }

    @Test
    void aMethodThatIsCalledSeldomKeepsWhatItKnows() {
        record(128, 10 * MILLI, 0);
        for (int i = 1; i <= 64; i++) {
            record(1, MILLI, 60L * i * SECOND);
        }
        assertThat(histogram.p95Nanos()).isGreaterThan(10 * MILLI);
    }

    @Test
    void noRecordOfManyThreadsIsLost() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long nanos = i == 0 ? 100 * MILLI : MILLI;
            threads.add(Thread.ofPlatform().start(() -> record(16_000, nanos, 0)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        // a quarter was slow: enough of the others' bring it just below a twentieth
        record(16_000 * 16 - 63, MILLI, 0);
        assertThat(histogram.p95Nanos()).isGreaterThan(100 * MILLI);
        record(64 * 10, MILLI, 0);
        assertThat(histogram.p95Nanos()).isLessThan(2 * MILLI);
    }
}
