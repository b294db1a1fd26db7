package io.github.moonlibs.discovery.core.limits;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.core.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class AlarmTest {
    private final Set<Sleeper> sleepers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean lacksMemory;
    private volatile Duration stall = Duration.ZERO;
    private final Alarm alarm = new Alarm(this::show);

    private final class Sleeper implements Alarm.Sleeper {
        private final Deadline deadline;
        private final AtomicInteger wakeUps = new AtomicInteger();
        private volatile boolean isTooEarly;
        private volatile boolean isLostOnce;

        Sleeper(Duration time) {
            deadline = Deadline.after(time);
        }

        @Override
        public Deadline deadline() {
            return deadline;
        }

        @Override
        public boolean isWaiting() {
            return sleepers.contains(this);
        }

        @Override
        public boolean wake() {
            isTooEarly |= !deadline.isReached();
            wakeUps.incrementAndGet();
            if (isLostOnce) {
                isLostOnce = false;
                return false;
            }
            sleepers.remove(this);
            return true;
        }
    }

    private void show(Consumer<Alarm.Sleeper> visitor) {
        looks.incrementAndGet();
        if (lacksMemory) {
            throw new OutOfMemoryError("thrown by a test");
        }
        try {
            Thread.sleep(stall);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        sleepers.forEach(visitor);
    }

    @AfterEach
    void end() throws InterruptedException {
        sleepers.clear();
        alarm.end(Cluster.BOUND);
        assertThat(threads()).isZero();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("discovery-alarm"))
                .count();
    }

    private Sleeper sleeps(Duration time) {
        Sleeper sleeper = new Sleeper(time);
        sleepers.add(sleeper);
        boolean unused = alarm.start();
        await("the watch is there", () -> alarm.covers(sleeper));
        return sleeper;
    }

    private static void awaitWakeUp(Sleeper sleeper) {
        await("it is woken", () -> sleeper.wakeUps.get() > 0);
        assertThat(sleeper.isTooEarly).isFalse();
    }

    @Test
    void withoutAWatchNobodyIsCovered() {
        assertThat(alarm.covers(new Sleeper(Cluster.BOUND))).isFalse();
    }

    @Test
    void aSleeperIsWokenAtItsDeadline() {
        awaitWakeUp(sleeps(Duration.ofMillis(5)));
        awaitWakeUp(sleeps(Duration.ZERO));
        awaitWakeUp(sleeps(Duration.ofMillis(150)));
    }

    @Test
    void aNearerDeadlineThanAllOthersIsHeardOf() {
        Sleeper far = sleeps(Cluster.BOUND);
        await("it has looked", () -> looks.get() > 0);
        awaitWakeUp(sleeps(Duration.ofMillis(1)));
        awaitWakeUp(sleeps(Duration.ofMillis(100)));
        assertThat(far.wakeUps).hasValue(0);
    }

    @Test
    void oneThatHasLeftIsNotWoken() {
        Sleeper gone = sleeps(Duration.ofMillis(50));
        sleepers.remove(gone);
        awaitWakeUp(sleeps(Duration.ofMillis(60)));
        assertThat(gone.wakeUps).hasValue(0);
    }

    @Test
    void manyAreWokenByFewLooks() {
        List<Sleeper> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(sleeps(Duration.ofMillis(500 - i % 300)));
        }
        many.forEach(AlarmTest::awaitWakeUp);
        // 300 ms by 20, and each of those that came before a look and were counted after it
        assertThat(looks).hasValueLessThan(100);
        assertThat(many).allSatisfy(each -> assertThat(each.wakeUps).hasValueBetween(1, 2));
    }

    @Test
    void aStallDelaysButLosesNothing() {
        Sleeper one = sleeps(Duration.ofMillis(1));
        stall = Duration.ofMillis(300);
        Sleeper other = sleeps(Duration.ofMillis(250));
        awaitWakeUp(one);
        awaitWakeUp(other);
        stall = Duration.ZERO;
        awaitWakeUp(sleeps(Duration.ofMillis(1)));
    }

    @Test
    void whatLacksMemoryIsTriedAgain() {
        lacksMemory = true;
        Sleeper sleeper = sleeps(Duration.ofMillis(100));
        sleeper.isLostOnce = true;
        await("it has looked again and again", () -> looks.get() > 3);
        assertThat(sleeper.wakeUps).hasValue(0);
        lacksMemory = false;
        await("it is woken again", () -> sleeper.wakeUps.get() == 2);
    }

    @Test
    void oneThreadServesAllHoweverManyComeAtOnce() {
        for (int i = 0; i < 100; i++) {
            Thread.startVirtualThread(() -> {
                boolean unused = alarm.start();
            });
        }
        Sleeper sleeper = sleeps(Cluster.BOUND);
        assertThat(threads()).isEqualTo(1);
        assertThat(alarm.covers(sleeper)).isTrue();
    }

    @Test
    void onceEndedItIsNotStartedAgain() throws InterruptedException {
        Sleeper sleeper = sleeps(Cluster.BOUND);
        sleepers.clear();
        alarm.end(Cluster.BOUND);
        assertThat(alarm.start()).isFalse();
        assertThat(alarm.covers(sleeper)).isFalse();
        assertThat(threads()).isZero();
    }

    @Test
    void itsEndWaitsForThoseThatWait() throws InterruptedException {
        Sleeper sleeper = sleeps(Duration.ofMillis(100));
        alarm.end(Cluster.BOUND);
        assertThat(sleeper.wakeUps).hasValue(1);
    }

    @Test
    void itsEndHearsOfALastOneThatLeavesLater() throws InterruptedException {
        Sleeper sleeper = sleeps(Duration.ofDays(1));
        alarm.end(Duration.ofMillis(30));
        assertThat(threads()).isEqualTo(1);
        sleepers.remove(sleeper);
        alarm.end(Cluster.BOUND);
        assertThat(threads()).isZero();
    }
}
