package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void pausesDoubleUpToFiveSecondsAndAreShortenedByUpToAHalf() {
        Backoff backoff = new Backoff(new SplittableRandom(1));
        for (int round = 0; round < 2; round++) {
            long most = 100;
            for (int i = 0; i < 20; i++) {
                assertThat(backoff.next()).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
                most = Math.min(5_000, most * 2);
            }
            backoff.reset();
        }
    }
}
