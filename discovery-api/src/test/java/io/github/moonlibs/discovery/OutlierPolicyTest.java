package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OutlierPolicyTest {
    @Test
    void theDefaultsEjectANodeAfterTenFailuresInARowWhateverCameBefore() {
        OutlierPolicy policy = OutlierPolicy.defaults();

        assertThat(policy.failureRate() * policy.windowCalls()).isEqualTo(policy.minimumCalls());
        assertThat(policy.slowCall()).isNull();
        assertThat(policy.maxEjectedShare()).isEqualTo(0.5);
        assertThat(policy).isEqualTo(OutlierPolicy.builder().build());
        assertThat(OutlierPolicy.off().windowCalls()).isZero();
    }

    @Test
    void everyWrongValueIsRefusedWithASentence() {
        assertRefused(p -> p.windowCalls(-1), "windowCalls: expected 0 to 10,000, got -1");
        assertRefused(p -> p.minimumCalls(21), "minimumCalls: expected 1 to windowCalls, which is 20, got 21");
        assertRefused(p -> p.probes(0), "probes: expected 1 to windowCalls, which is 20, got 0");
        assertRefused(p -> p.failureRate(0), "failureRate: expected a share above 0, at most 1, got 0.0");
        assertRefused(p -> p.failureRate(Double.NaN), "failureRate: expected a share above 0, at most 1, got NaN");
        assertRefused(
                p -> p.slowCalls(Duration.ofMillis(1), 1.5),
                "slowCallRate: expected a share above 0, at most 1, got 1.5");
        assertRefused(
                p -> p.slowCalls(Duration.ZERO, 1),
                "slowCall: expected a time above zero and under a century, got PT0S");
        assertRefused(p -> p.maxEjectedShare(-0.1), "maxEjectedShare: expected 0 to 1, got -0.1");
        assertRefused(
                p -> p.baseEjection(Duration.ZERO),
                "baseEjection: expected a time above zero and under a century, got PT0S");
        assertRefused(
                p -> p.baseEjection(Duration.ofMinutes(6)),
                "maxEjection: expected at least baseEjection, which is PT6M, got PT5M");
    }

    private static void assertRefused(UnaryOperator<OutlierPolicy.Builder> change, String message) {
        assertThatThrownBy(() -> change.apply(OutlierPolicy.builder()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
