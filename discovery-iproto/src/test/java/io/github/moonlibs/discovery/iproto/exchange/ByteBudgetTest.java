package io.github.moonlibs.discovery.iproto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What is queued is bounded in bytes, and the first that came gets room first. */
class ByteBudgetTest {
    @Test
    void aLargeRequestHasToBeAlone() {
        ByteBudget budget = new ByteBudget(100);
        assertThat(budget.tryTake(500)).isTrue();
        assertThat(budget.tryTake(1)).isFalse();
        budget.give(500);
        assertThat(budget.tryTake(60)).isTrue();
        assertThat(budget.tryTake(60)).isFalse();
        assertThat(budget.tryTake(40)).isTrue();
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void theFirstThatWaitsGetsRoomFirstAndOneThatLeavesGivesItsTurnUp() {
        ByteBudget budget = new ByteBudget(100);
        assertThat(budget.tryTake(100)).isTrue();
        ByteBudget.Place large = budget.queueUp(80);
        ByteBudget.Place small = budget.queueUp(10);
        ByteBudget.Place last = budget.queueUp(30);
        budget.give(50);
        assertThat(small.isGranted()).as("behind the large one").isFalse();
        assertThat(budget.tryTake(1)).as("others wait").isFalse();
        budget.leave(large);
        assertThat(small.isGranted()).isTrue();
        assertThat(last.isGranted()).isTrue();
        budget.leave(last);
        assertThat(budget.used()).isEqualTo(60);
    }

    @Test
    void theEndOfTheConnectionGrantsAll() {
        ByteBudget budget = new ByteBudget(10);
        assertThat(budget.tryTake(10)).isTrue();
        ByteBudget.Place waiting = budget.queueUp(10);
        budget.close();
        assertThat(waiting.isGranted()).isTrue();
        assertThat(budget.tryTake(1_000)).isTrue();
    }

    @Test
    void aThreadThatCannotBeWokenHoldsUpNoOtherAndIsWokenLater() {
        List<Thread> woken = new ArrayList<>();
        AtomicInteger failures = new AtomicInteger(2);
        ByteBudget budget = new ByteBudget(100, thread -> {
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("for the test");
            }
            woken.add(thread);
        });
        assertThat(budget.tryTake(100)).isTrue();
        ByteBudget.Place first = budget.queueUp(40);
        ByteBudget.Place second = budget.queueUp(40);

        budget.give(100);
        assertThat(woken).isEmpty();
        budget.goOn();
        budget.goOn();
        assertThat(woken).hasSize(2);
        assertThat(first.isGranted() && second.isGranted()).isTrue();
        budget.leave(first);
        budget.leave(second);
        assertThat(budget.used()).isZero();
        assertThat(budget.tryTake(100)).isTrue();
    }

    @Test
    void aPlaceWhoseOwnerLeavesBeforeItCouldBeWokenGivesItsBytesBackOnce() {
        AtomicInteger failures = new AtomicInteger(1);
        ByteBudget budget = new ByteBudget(100, thread -> {
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("for the test");
            }
        });
        assertThat(budget.tryTake(100)).isTrue();
        ByteBudget.Place place = budget.queueUp(40);
        budget.give(100);

        budget.leave(place);
        budget.goOn();
        assertThat(budget.used()).isZero();
    }

    @RepeatedTest(10)
    void allThatWaitGetRoomAndNoneMoreThanThereIs() throws Exception {
        ByteBudget budget = new ByteBudget(100);
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int bytes = 10 + i * 5;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 500; round++) {
                    if (!budget.tryTake(bytes)) {
                        ByteBudget.Place place = budget.queueUp(bytes);
                        while (!place.isGranted()) {
                            LockSupport.park();
                        }
                    }
                    most.accumulateAndGet(held.addAndGet(bytes), Math::max);
                    held.addAndGet(-bytes);
                    budget.give(bytes);
                }
                done.incrementAndGet();
            }));
        }
        Threads.await("all to be through", () -> done.get() == threads.size());
        assertThat(most.get()).isLessThanOrEqualTo(100);
        assertThat(budget.used()).isZero();
    }
}
