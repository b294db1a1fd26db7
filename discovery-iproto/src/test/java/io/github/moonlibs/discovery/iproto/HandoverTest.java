package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** How callers, whoever sends, the time and the end meet: nothing is lost between them. */
class HandoverTest {
    private static final byte[] REQUEST = Request.ping();
    private static final long NOW = System.nanoTime();

    private static Exchange exchange() {
        return exchange(TimeUnit.HOURS.toNanos(1));
    }

    private static Exchange exchange(long nanosFromNow) {
        return Exchange.of(REQUEST, NOW + nanosFromNow);
    }

    @Test
    void whoeverQueuesFirstHasTheDutyAndTakesAllTheOldestFirst() {
        Outbox outbox = new Outbox();
        List<Exchange> queued = List.of(exchange(), exchange(), exchange());
        assertThat(queued.stream().map(outbox::add))
                .containsExactly(Outbox.Added.DUTY, Outbox.Added.QUEUED, Outbox.Added.QUEUED);
        List<Exchange> taken = new ArrayList<>();
        for (Exchange exchange = outbox.take(); exchange != null; exchange = exchange.next) {
            taken.add(exchange);
        }
        assertThat(taken).containsExactlyElementsOf(queued);
    }

    @Test
    void theDutyLastsUntilThereIsNothingMoreToTake() {
        Outbox outbox = new Outbox();
        outbox.add(exchange());
        assertThat(outbox.take()).isNotNull();
        assertThat(outbox.add(exchange())).isEqualTo(Outbox.Added.QUEUED);
        assertThat(outbox.take()).isNotNull();
        assertThat(outbox.take()).isNull();
        assertThat(outbox.add(exchange())).isEqualTo(Outbox.Added.DUTY);
    }

    @RepeatedTest(20)
    void oneAtATimeHasTheDutyAndEveryExchangeIsRefusedTakenOrFailedWhenTheOutboxCloses() throws Exception {
        Outbox outbox = new Outbox();
        ConcurrentLinkedQueue<Exchange> added = new ConcurrentLinkedQueue<>();
        Set<Exchange> taken = new HashSet<>();
        AtomicInteger onDuty = new AtomicInteger();
        AtomicInteger mostOnDuty = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                Exchange exchange = exchange();
                for (Outbox.Added last = outbox.add(exchange);
                        last != Outbox.Added.REFUSED;
                        last = outbox.add(exchange)) {
                    added.add(exchange);
                    if (last == Outbox.Added.DUTY) {
                        mostOnDuty.accumulateAndGet(onDuty.incrementAndGet(), Math::max);
                        Exchange batch = outbox.take();
                        while (batch != null) {
                            for (Exchange each = batch; each != null; each = each.next) {
                                taken.add(each);
                            }
                            // counts before it is given back, when another may have it at once
                            onDuty.decrementAndGet();
                            batch = outbox.take();
                            onDuty.addAndGet(batch == null ? 0 : 1);
                        }
                    }
                    exchange = exchange();
                }
            }));
        }
        Threads.await("some to be added", () -> added.size() > 1_000);
        outbox.close();
        for (Thread caller : callers) {
            assertThat(caller.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(mostOnDuty).hasValue(1);
        for (Exchange exchange : added) {
            assertThat(taken.contains(exchange)).isNotEqualTo(exchange.isOver());
        }
    }

    @Test
    void syncsSkipTheSlotsOfSlowCallsAndTheTableGrowsForMany() {
        InFlight inFlight = new InFlight(2);
        List<Exchange> slow = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Exchange exchange = exchange();
            inFlight.add(exchange);
            slow.add(exchange);
            for (int j = 0; j < 100; j++) {
                Exchange quick = exchange();
                inFlight.add(quick);
                assertThat(quick.send()).isTrue();
                assertThat(inFlight.remove(quick.sync)).isSameAs(quick);
            }
        }
        assertThat(slow.stream().map(exchange -> exchange.sync).distinct()).hasSize(1_000);
        for (Exchange exchange : slow) {
            assertThat(inFlight.remove(exchange.sync)).as("not sent yet").isNull();
            assertThat(exchange.send()).isTrue();
            assertThat(inFlight.remove(exchange.sync + (1L << 40))).isNull();
            assertThat(inFlight.remove(exchange.sync)).isSameAs(exchange);
            assertThat(inFlight.remove(exchange.sync)).isNull();
        }
        assertThat(inFlight.remove(-1L)).isNull();
        assertThat(inFlight.remove(0L)).isNull();
    }

    @Test
    void slowCallsThatLieSideBySideDoNotMakeTheTableGrow() {
        InFlight inFlight = new InFlight(2);
        for (int i = 0; i < 20; i++) {
            inFlight.add(exchange());
        }
        for (int i = 0; i < 10_000; i++) {
            Exchange quick = exchange();
            inFlight.add(quick);
            assertThat(quick.sync & 0xff_ffff).isLessThan(64);
            assertThat(inFlight.remove(quick)).isTrue();
        }
    }

    @RepeatedTest(20)
    void callersThatComeAtTheSameTimeGetSlotsOfTheirOwn() throws Exception {
        InFlight inFlight = new InFlight(2);
        ConcurrentLinkedQueue<Exchange> all = new ConcurrentLinkedQueue<>();
        CountDownLatch ready = new CountDownLatch(8);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                ready.countDown();
                for (int j = 0; j < 500; j++) {
                    Exchange exchange = exchange();
                    inFlight.add(exchange);
                    all.add(exchange);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(all).hasSize(4_000);
        for (Exchange exchange : all) {
            assertThat(exchange.send()).isTrue();
            assertThat(inFlight.remove(exchange.sync)).isSameAs(exchange);
        }
    }

    @Test
    void theTimeEndsThoseWhoseDeadlineHasComeAndNamesTheNearestOfTheOthers() throws Exception {
        InFlight inFlight = new InFlight(2);
        Exchange queued = exchange(10);
        Exchange sent = exchange(20);
        Exchange later = exchange(31);
        Exchange latest = exchange(1_000);
        List.of(latest, queued, later, sent).forEach(inFlight::add);
        sent.send();
        assertThat(inFlight.expire(NOW + 20, NOW + 5_000)).isEqualTo(NOW + 31);
        assertThat(queued.await()).isEqualTo(Exchange.State.WITHDRAWN);
        assertThat(sent.await()).isEqualTo(Exchange.State.ABANDONED);
        assertThat(inFlight.remove(sent.sync)).isNull();
        assertThat(later.isOver()).isFalse();
        assertThat(inFlight.expire(NOW + 2_000, NOW + 5_000)).isEqualTo(NOW + 5_000);
        assertThat(later.isOver()).isTrue();
    }

    @Test
    void theEndFailsWhatIsInFlightAndTellsWhatWasSentFromWhatWasNot() throws Exception {
        InFlight inFlight = new InFlight(2);
        Exchange queued = exchange();
        Exchange sent = exchange();
        inFlight.add(queued);
        inFlight.add(sent);
        assertThat(sent.send()).isTrue();
        inFlight.failAll();
        assertThat(queued.await()).isEqualTo(Exchange.State.NOT_SENT);
        assertThat(sent.await()).isEqualTo(Exchange.State.LOST);
        assertThat(queued.send()).isFalse();
        assertThat(inFlight.remove(sent.sync)).isNull();
    }

    @Test
    void whatIsWithdrawnIsNeverSentAndWhatIsAbandonedTakesNoReply() throws Exception {
        Exchange withdrawn = exchange();
        withdrawn.expire();
        assertThat(withdrawn.await()).isEqualTo(Exchange.State.WITHDRAWN);
        assertThat(withdrawn.send()).isFalse();
        Exchange abandoned = exchange();
        assertThat(abandoned.send()).isTrue();
        abandoned.expire();
        assertThat(abandoned.await()).isEqualTo(Exchange.State.ABANDONED);
        assertThat(abandoned.deliver(Packet.decode(new byte[] {(byte) 0x80}))).isFalse();
    }
}
