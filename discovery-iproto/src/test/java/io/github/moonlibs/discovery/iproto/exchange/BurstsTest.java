package io.github.moonlibs.discovery.iproto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whether requests come close upon one another. */
class BurstsTest {
    private static final long MICROS = 1_000;

    private final Bursts bursts = new Bursts();
    private long now = System.nanoTime();

    private boolean after(long nanos) {
        now += nanos;
        return bursts.includes(now);
    }

    private boolean burst(int requests) {
        boolean last = after(1_000 * MICROS);
        for (int i = 1; i < requests; i++) {
            last = after(MICROS);
        }
        return last;
    }

    @Test
    void thereIsNoneAtFirst() {
        assertThat(burst(5)).isFalse();
    }

    @Test
    void burstsOfSeveralRequestsAreToldFromSingleOnes() {
        for (int i = 0; i < 20; i++) {
            burst(4);
        }
        assertThat(after(1_000 * MICROS)).as("the first of the next burst").isTrue();
    }

    @Test
    void requestsOneByOneAreNone() {
        burst(100);
        for (int i = 0; i < 20; i++) {
            after(500 * MICROS);
        }
        assertThat(after(500 * MICROS)).isFalse();
        assertThat(burst(3)).as("three that meet by chance").isFalse();
    }

    @Test
    void requestsInPairsAreNone() {
        for (int i = 0; i < 100; i++) {
            assertThat(burst(2)).isFalse();
        }
    }
}
