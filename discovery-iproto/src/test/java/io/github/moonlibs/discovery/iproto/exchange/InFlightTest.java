package io.github.moonlibs.discovery.iproto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** How a reply finds its exchange, and what is done with those whose time is over. */
class InFlightTest {
    private static final byte[] REQUEST = Request.ping();
    private static final long NOW = System.nanoTime();

    private static Exchange exchange() {
        return exchange(TimeUnit.HOURS.toNanos(1));
    }

    private static Exchange exchange(long nanosFromNow) {
        return Exchange.of(REQUEST, NOW + nanosFromNow);
    }

    private static boolean deliver(InFlight inFlight, long sync) {
        byte[] header = {(byte) 0x82, 0, 0, 1, (byte) 0xcf, 0, 0, 0, 0, 0, 0, 0, 0};
        ByteBuffer.wrap(header).putLong(5, sync);
        try {
            return inFlight.deliver(ServerPacket.decode(header));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its first notification fails, and something happens before it does. */
    private static final class FailingOnce extends Exchange {
        final AtomicInteger notified = new AtomicInteger();
        private final Runnable meanwhile;
        private boolean again;

        FailingOnce(Runnable meanwhile) {
            super(REQUEST, null, NOW, NOW);
            this.meanwhile = meanwhile;
        }

        @Override
        protected void notifyCaller() {
            if (again) {
                notified.incrementAndGet();
                return;
            }
            again = true;
            meanwhile.run();
            throw new OutOfMemoryError("expected by a test");
        }
    }

    @Test
    void aCallerThatOneThreadIsAboutToWakeInVainIsWokenByAnother() {
        InFlight inFlight = new InFlight(2);
        FailingOnce expired = new FailingOnce(() -> inFlight.expire(NOW, Long.MAX_VALUE));
        inFlight.enter(expired);
        inFlight.expireLate(NOW);
        assertThat(expired.notified).hasValue(1);

        FailingOnce answered = new FailingOnce(inFlight::failAll);
        inFlight.enter(answered);
        assertThat(answered.send()).isTrue();
        assertThat(deliver(inFlight, answered.sync)).isTrue();
        assertThat(answered.notified).hasValue(1);
        assertThat(answered.end()).isEqualTo(Exchange.State.REPLIED);
    }

    @Test
    void syncsSkipTheSlotsOfSlowCallsAndTheTableGrowsForMany() {
        InFlight inFlight = new InFlight(2);
        List<Exchange> slow = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Exchange exchange = exchange();
            inFlight.enter(exchange);
            slow.add(exchange);
            for (int j = 0; j < 100; j++) {
                Exchange quick = exchange();
                inFlight.enter(quick);
                assertThat(quick.send()).isTrue();
                assertThat(deliver(inFlight, quick.sync)).isTrue();
                inFlight.leave(quick);
            }
        }
        assertThat(slow.stream().map(exchange -> exchange.sync).distinct()).hasSize(1_000);
        for (Exchange exchange : slow) {
            assertThat(deliver(inFlight, exchange.sync)).as("not sent yet").isFalse();
            assertThat(exchange.send()).isTrue();
            assertThat(deliver(inFlight, exchange.sync + (1L << 40))).isFalse();
            assertThat(deliver(inFlight, exchange.sync)).isTrue();
            assertThat(exchange.reply().sync()).isEqualTo(exchange.sync);
            assertThat(deliver(inFlight, exchange.sync)).isFalse();
        }
        assertThat(deliver(inFlight, -1L)).isFalse();
        assertThat(deliver(inFlight, 0L)).isFalse();
    }

    @Test
    void slowCallsThatLieSideBySideDoNotMakeTheTableGrow() {
        InFlight inFlight = new InFlight(2);
        for (int i = 0; i < 20; i++) {
            inFlight.enter(exchange());
        }
        for (int i = 0; i < 10_000; i++) {
            Exchange quick = exchange();
            inFlight.enter(quick);
            assertThat(quick.sync & 0xff_ffff).isLessThan(64);
            inFlight.leave(quick);
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
                    inFlight.enter(exchange);
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
            assertThat(deliver(inFlight, exchange.sync)).isTrue();
            assertThat(exchange.reply().sync()).isEqualTo(exchange.sync);
        }
    }

    @Test
    void theTimeEndsThoseWhoseDeadlineHasComeAndNamesTheNearestOfTheOthers() throws Exception {
        InFlight inFlight = new InFlight(2);
        Exchange queued = exchange(10);
        Exchange sent = exchange(20);
        Exchange later = exchange(31);
        Exchange latest = exchange(1_000);
        List.of(latest, queued, later, sent).forEach(inFlight::enter);
        sent.send();
        assertThat(inFlight.expire(NOW + 20, NOW + 5_000)).isEqualTo(NOW + 31);
        assertThat(queued.await()).isEqualTo(Exchange.State.WITHDRAWN);
        assertThat(sent.await()).isEqualTo(Exchange.State.ABANDONED);
        assertThat(deliver(inFlight, sent.sync)).isFalse();
        assertThat(later.isOver()).isFalse();
        assertThat(inFlight.expire(NOW + 2_000, NOW + 5_000)).isEqualTo(NOW + 5_000);
        assertThat(later.isOver()).isTrue();
    }

    @Test
    void theEndFailsWhatIsInFlightAndDistinguishesWhatWasSent() throws Exception {
        InFlight inFlight = new InFlight(2);
        Exchange queued = exchange();
        Exchange sent = exchange();
        inFlight.enter(queued);
        inFlight.enter(sent);
        assertThat(sent.send()).isTrue();
        inFlight.failAll();
        assertThat(queued.await()).isEqualTo(Exchange.State.NOT_SENT);
        assertThat(sent.await()).isEqualTo(Exchange.State.LOST);
        assertThat(queued.send()).isFalse();
        assertThat(deliver(inFlight, sent.sync)).isFalse();
    }

    @Test
    void theTableShrinksWhenFewAreInFlightEvenIfOneOfManyStays() {
        InFlight inFlight = new InFlight(2);
        List<Exchange> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            Exchange exchange = exchange();
            inFlight.enter(exchange);
            many.add(exchange);
        }
        assertThat(inFlight.slots()).isGreaterThan(100_000);
        Exchange stays = many.removeFirst();
        many.forEach(inFlight::leave);
        long later = System.nanoTime();
        for (int i = 0; i < 40; i++) {
            later += TimeUnit.SECONDS.toNanos(1);
            assertThat(inFlight.expire(later, NOW + TimeUnit.DAYS.toNanos(1))).isEqualTo(stays.deadline());
        }
        assertThat(inFlight.slots()).isEqualTo(64);
        assertThat(stays.send()).isTrue();
        assertThat(deliver(inFlight, stays.sync)).isTrue();
        Exchange next = exchange();
        inFlight.enter(next);
        assertThat(next.sync & 0xff_ffff).isLessThan(64);
    }

    @RepeatedTest(20)
    void noneIsLostWhileTheTableGrowsAndShrinks() throws Exception {
        InFlight inFlight = new InFlight(2);
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        AtomicInteger lost = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                List<Exchange> held = new ArrayList<>();
                for (int round = 0; round < 200; round++) {
                    for (int j = 0; j < (round % 3 == 0 ? 300 : 3); j++) {
                        Exchange exchange = exchange();
                        inFlight.enter(exchange);
                        exchange.send();
                        held.add(exchange);
                    }
                    for (Exchange exchange : held) {
                        lost.addAndGet(deliver(inFlight, exchange.sync) ? 0 : 1);
                        inFlight.leave(exchange);
                    }
                    held.clear();
                }
            }));
        }
        Thread loop = Thread.ofPlatform().start(() -> {
            for (long later = NOW; !over.get(); later += TimeUnit.SECONDS.toNanos(1)) {
                inFlight.expire(NOW + (later - NOW) % TimeUnit.MINUTES.toNanos(30), NOW + 1);
            }
        });
        for (Thread caller : callers) {
            caller.join();
        }
        over.set(true);
        loop.join();
        assertThat(lost).hasValue(0);
        assertThat(inFlight.callers()).isZero();
    }

    @Test
    void aCallerWhosePatienceEndsIsWokenAndItsExchangeStays() throws Exception {
        InFlight inFlight = new InFlight(2);
        Exchange exchange = new Exchange(REQUEST, NOW + 1_000, NOW + 10);
        inFlight.enter(exchange);
        assertThat(exchange.send()).isTrue();
        assertThat(inFlight.expire(NOW + 9, NOW + 5_000)).isEqualTo(NOW + 10);
        assertThat(inFlight.expire(NOW + 10, NOW + 5_000)).isEqualTo(NOW + 1_000);
        exchange.await(NOW + 10);
        assertThat(exchange.isOver()).isFalse();
        assertThat(deliver(inFlight, exchange.sync)).isTrue();
        assertThat(exchange.reply().sync()).isEqualTo(exchange.sync);
    }
}
