package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallOutcomeTest {
    @Test
    void aResultIsReadAsATypeAndShown() {
        CallOutcome outcome = new CallOutcome(Result.of(7, "b"), null);
        assertThat(outcome.as(Integer.class)).isEqualTo(7);
        assertThat(outcome.as(new TypeRef<Long>() {})).isEqualTo(7L);
        assertThat(outcome.orThrow().size()).isEqualTo(2);
        assertThat(outcome.toString()).contains("7");
    }

    @Test
    void aFailureIsThrownAndShown() {
        NoRouteException failure = new NoRouteException("m", "no node serves it", Duration.ZERO, List.of());
        CallOutcome outcome = new CallOutcome(null, failure);
        assertThatThrownBy(() -> outcome.as(Integer.class)).isSameAs(failure);
        assertThatThrownBy(outcome::orThrow).isSameAs(failure);
        assertThat(outcome.toString()).contains("no node serves it");
    }
}
