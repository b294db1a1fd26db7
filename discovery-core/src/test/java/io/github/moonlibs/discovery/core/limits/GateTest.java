package io.github.moonlibs.discovery.core.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class GateTest {
    private final AtomicInteger drained = new AtomicInteger();
    private final Gate gate = new Gate(2, drained::incrementAndGet);

    private void fill() {
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
    }

    @Test
    void thereAreAsManyPlacesAsItsBoundSays() {
        fill();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.isFull()).isTrue();
        gate.leave();
        assertThat(gate.isFull()).isFalse();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.inside()).isEqualTo(2);
    }

    @Test
    void aClosedGateLetsNoneInAndSaysOnceThatItHasDrained() {
        fill();
        gate.close();
        assertThat(gate.enter()).isFalse();
        gate.leave();
        assertThat(drained).hasValue(0);
        gate.leave();
        assertThat(drained).hasValue(1);
        assertThat(gate.isClosed()).isTrue();
        assertThat(gate.inside()).isZero();
    }

    @Test
    void placesGoToTicketsInTheOrderOfTheirComingAndToNoNewcomer() {
        fill();
        PlaceTicket first = new PlaceTicket();
        PlaceTicket second = new PlaceTicket();
        first.queueAt(gate);
        second.queueAt(gate);
        gate.leave();
        assertThat(List.of(first.isWaiting(), second.isWaiting())).containsExactly(false, true);
        assertThat(gate.enter()).as("a newcomer while a ticket waits").isFalse();
        assertThat(gate.inside()).isEqualTo(2);
        gate.leave();
        assertThat(second.isWaiting()).isFalse();
        assertThat(gate.inside()).isEqualTo(2);
        gate.leave();
        assertThat(gate.enter()).isTrue();
    }

    @Test
    void aTicketThatComesWhenAPlaceIsFreeHasItAtOnce() {
        PlaceTicket ticket = new PlaceTicket();
        ticket.queueAt(gate);
        assertThat(ticket.isWaiting()).isFalse();
        assertThat(gate.inside()).isEqualTo(1);
    }

    @Test
    void ticketsThatWaitNoMoreAreSkippedAndLeaveNothingBehind() {
        fill();
        PlaceTicket gone = new PlaceTicket();
        PlaceTicket waiting = new PlaceTicket();
        gone.queueAt(gate);
        waiting.queueAt(gate);
        assertThat(gone.settle()).isNull();
        gate.leave();
        assertThat(waiting.isWaiting()).isFalse();
        gate.leave();
        gate.leave();
        assertThat(gate.inside()).isZero();
        fill();
        for (int i = 0; i < 10_000; i++) {
            PlaceTicket ticket = new PlaceTicket();
            ticket.queueAt(gate);
            ticket.settle();
        }
        assertThat(gate.queued()).isLessThan(200);
        gate.leave();
        assertThat(gate.enter()).isTrue();
    }

    @Test
    void underContentionNoPlaceIsLostAndNoneIsGivenTwice() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            boolean impatient = i % 4 == 0;
            threads.add(Thread.startVirtualThread(() -> {
                for (int round = 0; round < 2_000; round++) {
                    if (!gate.enter()) {
                        PlaceTicket ticket = new PlaceTicket();
                        ticket.queueAt(gate);
                        if (impatient && ticket.settle() == null) {
                            continue;
                        }
                        while (ticket.isWaiting()) {
                            LockSupport.park();
                        }
                    }
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    if (round % 16 == 0) {
                        LockSupport.parkNanos(1);
                    }
                    inside.decrementAndGet();
                    served.incrementAndGet();
                    gate.leave();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(served.get()).isGreaterThanOrEqualTo(12 * 2_000);
        assertThat(gate.inside()).isZero();
        assertThat(gate.enter()).isTrue();
    }
}
