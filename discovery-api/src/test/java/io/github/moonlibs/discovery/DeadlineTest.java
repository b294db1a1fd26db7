package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final Deadline NEAR = Deadline.after(Duration.ofHours(1));
    private static final Deadline FAR = Deadline.after(Duration.ofHours(2));

    @Test
    void zeroAndNegativeTimesAreReachedAtOnceAndVeryLongOnesAreNot() {
        assertThat(Deadline.after(Duration.ZERO).isReached()).isTrue();
        assertThat(Deadline.after(Duration.ofDays(-1)).isReached()).isTrue();
        assertThat(Deadline.after(Duration.ofDays(-1)).remaining()).isZero();
        assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE)).remaining())
                .isGreaterThan(Duration.ofDays(36_000));
        assertThat(Deadline.afterNanos(Long.MAX_VALUE).remaining()).isGreaterThan(Duration.ofDays(36_000));
    }

    @Test
    void theNearerDeadlineWins() {
        assertThat(NEAR.earlier(FAR)).isSameAs(NEAR);
        assertThat(FAR.earlier(NEAR)).isSameAs(NEAR);
        assertThat(NEAR.earlier(null)).isSameAs(NEAR);
        assertThat(NEAR).isLessThan(FAR);
    }

    @Test
    void aBindingEndsWithItsBlockHoweverItEnds() throws Exception {
        FAR.run(() -> {
            assertThat(Deadline.current()).isEqualTo(FAR);
            NEAR.run(() -> assertThat(Deadline.current()).isEqualTo(NEAR));
            assertThat(Deadline.current()).isEqualTo(FAR);
            assertThatThrownBy(() -> NEAR.call(() -> {
                        throw new java.io.IOException("thrown by a test");
                    }))
                    .isInstanceOf(java.io.IOException.class);
            assertThat(Deadline.current()).isEqualTo(FAR);
        });
        assertThat(Deadline.current()).isNull();
    }

    @Test
    void anotherThreadDoesNotInheritABinding() {
        AtomicReference<Deadline> seen = new AtomicReference<>(NEAR);
        NEAR.run(() -> {
            try {
                Thread.startVirtualThread(() -> seen.set(Deadline.current())).join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(seen.get()).isNull();
    }

    @Test
    @NullUnmarked // null is what is refused
    void noTimeIsTooLongOrTooShort() {
        assertThat(Deadline.after(Duration.ofSeconds(Long.MIN_VALUE)).isReached())
                .isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE)).isReached())
                .isFalse();
        assertThatThrownBy(() -> Deadline.after(null)).hasMessage("deadline: expected a value, got null");
    }
}
