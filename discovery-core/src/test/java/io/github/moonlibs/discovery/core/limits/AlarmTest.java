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
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class AlarmTest {
    private final Set<Sleeper> sleepers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean lacksMemory;
    private volatile Deadline stalledUntil = Deadline.afterNanos(0);
    private final Alarm alarm = new Alarm(this::show);

    /** Of clients of other tests, which may end a little later. */
    private final Set<Thread> others = alarms();

    private final class Sleeper implements Alarm.Sleeper {
        private final Deadline deadline;
        private final AtomicInteger wakeUps = new AtomicInteger();
        private volatile boolean isTooEarly;
        private volatile boolean isLostOnce;
        private volatile boolean hasLeft;

        Sleeper(Duration time) {
            deadline = Deadline.after(time);
        }

        @Override
        public Deadline deadline() {
            return deadline;
        }

        @Override
        public boolean isWaiting() {
            return !hasLeft && sleepers.contains(this);
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
        await("the stall is over", () -> stalledUntil.isReached());
        sleepers.forEach(visitor);
    }

    @AfterEach
    void end() throws InterruptedException {
        sleepers.clear();
        alarm.end(Cluster.BOUND);
        assertThat(threads()).isZero();
    }

    private long threads() {
        return alarms().stream().filter(thread -> !others.contains(thread)).count();
    }

    private static Set<Thread> alarms() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("discovery-alarm"))
                .collect(Collectors.toSet());
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
        Sleeper far = sleeps(Duration.ofDays(1));
        awaitWakeUp(sleeps(Duration.ofMillis(1)));
        awaitWakeUp(sleeps(Duration.ofMillis(100)));
        assertThat(far.wakeUps).hasValue(0);
    }

    @Test
    void oneThatHasLeftIsNotWoken() {
        stalledUntil = Deadline.after(Cluster.BOUND);
        Sleeper gone = sleeps(Duration.ofMillis(1));
        gone.hasLeft = true;
        Sleeper next = sleeps(Duration.ofMillis(2));
        stalledUntil = Deadline.afterNanos(0);
        awaitWakeUp(next);
        assertThat(gone.wakeUps).hasValue(0);
    }

    @Test
    void manyAreWokenByFewLooks() {
        long began = System.nanoTime();
        List<Sleeper> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(sleeps(Duration.ofMillis(500 - i % 300)));
        }
        many.forEach(AlarmTest::awaitWakeUp);
        int millis = (int) ((System.nanoTime() - began) / 1_000_000);
        // every 20 ms at most, but for those that came before a look and were counted after it
        assertThat(looks).hasValueLessThan(10 + millis / 10);
        assertThat(many).allSatisfy(each -> assertThat(each.wakeUps).hasValueBetween(1, 2));
    }

    @Test
    void aStallDelaysButLosesNothing() {
        stalledUntil = Deadline.after(Duration.ofMillis(300));
        Sleeper one = sleeps(Duration.ofMillis(1));
        Sleeper other = sleeps(Duration.ofMillis(250));
        awaitWakeUp(one);
        awaitWakeUp(other);
        assertThat(stalledUntil.isReached()).isTrue();
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
