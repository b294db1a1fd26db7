package io.github.moonlibs.discovery.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.Promise;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TakeoverTest {
    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    @Promise("Routing 5")
    void inTheFirstSecondOfItsServiceAMethodsLowestTierGetsAllCallsAtOnce() {
        Takeover master = Takeover.next(null, 1, millis(0));

        assertThat(Takeover.next(master, 0, millis(999)).part(millis(999))).isEqualTo(1);
        assertThat(Takeover.next(master, 0, millis(1_000)).part(millis(1_000))).isEqualTo(0.1);
    }
}
