package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.exchange.ByteBudget;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.loop.Duty;
import io.github.moonlibs.discovery.iproto.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How requests reach a socket that takes what it likes. */
class SenderTest {
    private static final Duration CLOSE = Duration.ofNanos(2_000);
    private static final Duration FAR = Duration.ofMillis(1);

    private final Kernel kernel = new Kernel();
    private final InFlight inFlight = new InFlight(2);
    private final Noted noted = new Noted();
    private final ByteBudget budget = new ByteBudget(1 << 20);
    private final List<Exchange> queued = Collections.synchronizedList(new ArrayList<>());
    private final Sender sender = new Sender(kernel, noted, inFlight, budget, noted);

    /** Takes so many bytes and no more. */
    private static final class Kernel implements Wire {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        int room = Integer.MAX_VALUE;
        int writes;
        boolean broken;
        boolean forLoopOnly;
        Runnable duringWrite = () -> {};
        Runnable always = () -> {};

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException("this server only listens");
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (broken) {
                throw new IOException("broken pipe");
            }
            writes++;
            Runnable once = duringWrite;
            duringWrite = () -> {};
            once.run();
            always.run();
            byte[] bytes = new byte[Math.min(room, from.remaining())];
            from.get(bytes);
            taken.writeBytes(bytes);
            room -= bytes.length;
            return bytes.length;
        }

        @Override
        public boolean forLoopOnly() {
            return forLoopOnly;
        }

        @Override
        public SelectableChannel unblock() {
            throw new UnsupportedOperationException("it never waits");
        }

        @Override
        public String localAddress() {
            return "memory";
        }

        @Override
        public void close() {}
    }

    private static final class Noted implements Sender.Later, Sender.Ended {
        int stalls;
        int gatherings;
        Runnable duringGathering = () -> {};
        final List<Duty> handedOver = new ArrayList<>();
        final List<String> ends = new ArrayList<>();

        @Override
        public void handOver(Duty duty) {
            handedOver.add(duty);
        }

        @Override
        public void gathering() {
            gatherings++;
            Runnable once = duringGathering;
            duringGathering = () -> {};
            once.run();
        }

        @Override
        public void whenWritable() {
            stalls++;
        }

        @Override
        public void ended(String reason, @Nullable Throwable cause) {
            ends.add(reason);
        }
    }

    private Exchange queue(int size) {
        return queue(size, System.nanoTime());
    }

    private Exchange queue(int size, long now) {
        byte[] request = new byte[size];
        java.util.Arrays.fill(request, (byte) size);
        Exchange exchange = Exchange.of(request, System.nanoTime() + Owner.SECONDS);
        inFlight.enter(exchange);
        budget.take(size);
        queued.add(exchange);
        assertThat(sender.send(exchange, now, true)).isTrue();
        return exchange;
    }

    @Test
    void whatNoThreadWaitsForIsLeftToTheLoopWhichSendsAllOfItAtOnce() {
        for (byte content = 1; content <= 3; content++) {
            budget.take(1);
            sender.sendLater(Exchange.withoutReply(new byte[] {content}));
        }
        assertThat(noted.handedOver).hasSize(1);
        assertThat(kernel.writes).isZero();

        sender.resume();
        assertThat(kernel.writes).isEqualTo(1);
        assertThat(kernel.taken.toByteArray()).containsExactly(1, 2, 3);
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatComesDuringAWriteSharesTheNextOne() {
        kernel.duringWrite = () -> {
            queue(20);
            queue(30);
        };
        queue(10);
        assertThat(kernel.writes).isEqualTo(2);
        assertThat(kernel.taken.size()).isEqualTo(60);
        queue(40);
        assertThat(kernel.writes).isEqualTo(3);
    }

    @Test
    void whatTheKernelDoesNotTakeIsSentWhenItDoesInOrderAndOnce() throws Exception {
        kernel.room = 100_000;
        queue(1);
        Exchange large = queue(200_000);
        Exchange behind = queue(7);
        assertThat(noted.stalls).isEqualTo(1);
        assertThat(kernel.taken.size()).isEqualTo(100_000);
        kernel.room = 50_000;
        sender.resume();
        assertThat(noted.stalls).isEqualTo(2);
        assertThat(behind.send()).as("not sent so far").isTrue();
        kernel.room = Integer.MAX_VALUE;
        sender.resume();
        byte[] expected = new byte[200_001];
        java.util.Arrays.fill(expected, (byte) 200_000);
        expected[0] = 1;
        assertThat(kernel.taken.toByteArray()).isEqualTo(expected);
        inFlight.failAll();
        assertThat(large.await()).isEqualTo(Exchange.State.LOST);
        assertThat(noted.ends).isEmpty();
    }

    @Test
    void theTimeOfARequestThatWaitsForTheKernelMayEndAndItIsNeverSent() throws Exception {
        kernel.room = 5;
        queue(10);
        Exchange waiting = queue(20);
        waiting.expire();
        kernel.room = Integer.MAX_VALUE;
        sender.resume();
        assertThat(kernel.taken.size()).isEqualTo(10);
        assertThat(waiting.await()).isEqualTo(Exchange.State.WITHDRAWN);
    }

    @Test
    void aBrokenWireFailsWhatIsQueuedAndSaysWhy() throws Exception {
        kernel.broken = true;
        Exchange exchange = queue(10);
        assertThat(noted.ends).first().isEqualTo("broken pipe");
        inFlight.failAll();
        assertThat(exchange.await()).isEqualTo(Exchange.State.NOT_SENT);
        sender.close();
        assertThat(sender.send(Exchange.withoutReply(new byte[1]), 0, false)).isFalse();
    }

    /** Requests of ten bytes, so far apart. */
    private void requestsOfVirtualThread(int count, Duration apart) {
        // another caller
        inFlight.enter(Exchange.of(new byte[1], System.nanoTime() + Owner.SECONDS));
        long start = System.nanoTime();
        join(Thread.ofVirtual().start(() -> {
            for (int i = 0; i < count; i++) {
                queue(10, start + i * apart.toNanos());
            }
        }));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aVirtualThreadLetsOthersShareItsWriteIfRequestsComeInBursts() throws Exception {
        requestsOfVirtualThread(100, CLOSE);
        assertThat(noted.gatherings).as("once the burst was one").isBetween(50, 99);
        assertThat(kernel.taken.size()).isEqualTo(1_000);
        int writes = kernel.writes;
        noted.duringGathering = () -> requestsOfVirtualThread(5, CLOSE);
        requestsOfVirtualThread(1, CLOSE);
        assertThat(kernel.writes).isEqualTo(writes + 1);
        assertThat(kernel.taken.size()).isEqualTo(1_060);
        assertThat(noted.handedOver).isEmpty();
    }

    @Test
    void theLoopSendsWhatAThreadGathersThatHasNoCarrierToGoOnWith() {
        requestsOfVirtualThread(100, CLOSE);
        sender.sendGathered();
        assertThat(sender.sendGathered()).as("any since the last time").isFalse();
        int writes = kernel.writes;
        noted.duringGathering = () -> {
            assertThat(sender.sendGathered()).isTrue();
            assertThat(kernel.writes).isEqualTo(writes + 1);
            assertThat(kernel.taken.size()).isEqualTo(1_010);
        };
        requestsOfVirtualThread(1, CLOSE);
        assertThat(kernel.writes).isEqualTo(writes + 1);
        assertThat(kernel.taken.size()).isEqualTo(1_010);
    }

    @Test
    void aPlatformThreadSendsWhatAThreadGathersThatHasNoCarrierToGoOnWith() {
        requestsOfVirtualThread(100, CLOSE);
        int writes = kernel.writes;
        noted.duringGathering = () -> {
            join(Thread.ofPlatform().start(() -> queue(20)));
            assertThat(kernel.writes).isEqualTo(writes + 1);
        };
        requestsOfVirtualThread(1, CLOSE);
        assertThat(kernel.writes).isEqualTo(writes + 1);
        assertThat(kernel.taken.size()).isEqualTo(1_030);
    }

    @Test
    void aVirtualThreadThatDoesNotWaitForTheReplySendsAtOnce() {
        requestsOfVirtualThread(100, CLOSE);
        noted.gatherings = 0;
        join(Thread.ofVirtual().start(() -> {
            Exchange exchange = Exchange.of(new byte[10], System.nanoTime() + Owner.SECONDS);
            inFlight.enter(exchange);
            assertThat(sender.send(exchange, System.nanoTime(), false)).isTrue();
            assertThat(kernel.taken.size()).isEqualTo(1_010);
        }));
        assertThat(noted.gatherings).isZero();
        assertThat(kernel.taken.size()).isEqualTo(1_010);
    }

    @Test
    void aVirtualThreadSendsAtOnceIfOthersComputeBetweenTheirCalls() {
        requestsOfVirtualThread(100, FAR);
        assertThat(noted.gatherings).isZero();
        assertThat(kernel.taken.size()).isEqualTo(1_000);
    }

    @Test
    void requestsThatAreNoBurstAnyMoreAreGatheredNoMore() {
        requestsOfVirtualThread(100, CLOSE);
        requestsOfVirtualThread(100, FAR);
        noted.gatherings = 0;
        requestsOfVirtualThread(1, FAR);
        assertThat(noted.gatherings).isZero();
        assertThat(kernel.taken.size()).isEqualTo(2_010);
    }

    @Test
    void aThreadThatHasSentEnoughForOthersHandsTheDutyToTheLoop() {
        kernel.always = () -> queue(10);
        queue(10);
        assertThat(noted.handedOver).hasSize(1);
        assertThat(kernel.writes).isLessThan(10);
    }

    @Test
    void aWireForTheLoopAloneIsWrittenByItAlone() {
        kernel.forLoopOnly = true;
        queue(10);
        assertThat(kernel.writes).isZero();
        assertThat(noted.handedOver).hasSize(1);
    }

    @Test
    void whatTheKernelDidNotTakeWasNotSentWhateverEndsTheConnection() throws Exception {
        kernel.room = 25;
        kernel.duringWrite = () -> {
            queue(20);
            queue(30);
        };
        Exchange whole = queue(10);
        List<Exchange> later = List.copyOf(queued.subList(1, 3));
        sender.close();
        inFlight.failAll();
        assertThat(whole.await()).isEqualTo(Exchange.State.LOST);
        assertThat(later.get(0).await()).as("15 bytes of it were taken").isEqualTo(Exchange.State.LOST);
        assertThat(later.get(1).await()).as("none of its bytes was taken").isEqualTo(Exchange.State.NOT_SENT);
    }

    @Test
    void aWriteThatFailsHasSentNothing() throws Exception {
        kernel.broken = true;
        Exchange exchange = queue(10);
        sender.close();
        inFlight.failAll();
        assertThat(exchange.await()).isEqualTo(Exchange.State.NOT_SENT);
    }

    @Test
    void whatIsOverDoesNotPileUpWhileTheKernelTakesNoMore() {
        kernel.room = 5;
        queue(10);
        for (int round = 0; round < 100; round++) {
            List<Exchange> over = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                over.add(queue(100));
            }
            Exchange stays = queue(1);
            for (Exchange exchange : over) {
                exchange.expire();
                budget.give(exchange.release());
                inFlight.leave(exchange);
            }
            sender.sweep();
            assertThat(stays.next).as("the last in the queue").isNull();
        }
        kernel.room = Integer.MAX_VALUE;
        sender.resume();
        assertThat(kernel.taken.size()).isEqualTo(110);
        assertThat(budget.used()).isZero();
    }

    @Test
    void handsOverTheRestOfALargeRequestAfterAStint() throws Exception {
        int size = 8 << 20;
        queue(size);
        assertThat(kernel.taken.size()).isLessThanOrEqualTo(1 << 20);
        for (int stints = 1; kernel.taken.size() < size; stints++) {
            assertThat(noted.handedOver).hasSize(stints);
            sender.resume();
        }
        assertThat(budget.used()).isZero();
        queue(10);
        assertThat(kernel.taken.size()).isEqualTo(size + 10);
    }
}
