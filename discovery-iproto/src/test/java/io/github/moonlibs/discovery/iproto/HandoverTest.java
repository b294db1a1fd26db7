package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** How callers, the writer and the end meet: nothing is lost between them. */
class HandoverTest {
    private static final byte[] REQUEST = Request.ping();

    @Test
    void theWriterTakesAllThatIsQueuedTheOldestFirst() {
        Outbox outbox = new Outbox();
        List<Exchange> queued = List.of(Exchange.of(REQUEST), Exchange.of(REQUEST), Exchange.of(REQUEST));
        queued.forEach(outbox::add);
        List<Exchange> taken = new ArrayList<>();
        for (Exchange exchange = outbox.take(); exchange != null; exchange = exchange.next) {
            taken.add(exchange);
        }
        assertThat(taken).containsExactlyElementsOf(queued);
    }

    @RepeatedTest(20)
    void everyExchangeIsEitherRefusedTakenOrFailedWhenTheOutboxCloses() throws Exception {
        Outbox outbox = new Outbox();
        ConcurrentLinkedQueue<Exchange> added = new ConcurrentLinkedQueue<>();
        Set<Exchange> taken = new HashSet<>();
        CountDownLatch refused = new CountDownLatch(8);
        Thread writer = Thread.ofVirtual().start(() -> {
            for (Exchange batch = outbox.take(); batch != null; batch = outbox.take()) {
                for (Exchange exchange = batch; exchange != null; exchange = exchange.next) {
                    taken.add(exchange);
                }
            }
        });
        for (int i = 0; i < 8; i++) {
            Thread.ofVirtual().start(() -> {
                Exchange exchange = Exchange.of(REQUEST);
                while (outbox.add(exchange)) {
                    added.add(exchange);
                    exchange = Exchange.of(REQUEST);
                }
                refused.countDown();
            });
        }
        Threads.await("some to be added", () -> added.size() > 1_000);
        outbox.close();
        assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(writer.join(java.time.Duration.ofSeconds(20))).isTrue();
        for (Exchange exchange : added) {
            assertThat(taken.contains(exchange)).isNotEqualTo(exchange.isOver());
        }
    }

    @Test
    void numbersSkipTheSlotsOfSlowCallsAndTheTableGrowsForMany() {
        InFlight inFlight = new InFlight(2);
        List<Exchange> slow = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Exchange exchange = Exchange.of(REQUEST);
            inFlight.add(exchange);
            slow.add(exchange);
            for (int j = 0; j < 100; j++) {
                Exchange quick = Exchange.of(REQUEST);
                assertThat(inFlight.remove(inFlight.add(quick))).isSameAs(quick);
            }
        }
        assertThat(slow.stream().map(exchange -> exchange.sync).distinct()).hasSize(1_000);
        for (Exchange exchange : slow) {
            assertThat(inFlight.remove(exchange.sync + (1L << 40))).isNull();
            assertThat(inFlight.remove(exchange.sync)).isSameAs(exchange);
            assertThat(inFlight.remove(exchange.sync)).isNull();
        }
    }

    @Test
    void theEndFailsWhatIsInFlightAndTellsWhatWasSentFromWhatWasNot() throws Exception {
        InFlight inFlight = new InFlight(2);
        Exchange queued = Exchange.of(REQUEST);
        Exchange sent = Exchange.of(REQUEST);
        inFlight.add(queued);
        inFlight.add(sent);
        assertThat(sent.send()).isTrue();
        inFlight.failAll();
        assertThat(queued.await(1)).isEqualTo(Exchange.State.NOT_SENT);
        assertThat(sent.await(1)).isEqualTo(Exchange.State.LOST);
        assertThat(queued.send()).isFalse();
        assertThat(inFlight.remove(sent.sync)).isNull();
    }

    @Test
    void whatIsWithdrawnIsNeverSentAndWhatIsAbandonedTakesNoReply() throws Exception {
        Exchange withdrawn = Exchange.of(REQUEST);
        assertThat(withdrawn.await(1)).isEqualTo(Exchange.State.WITHDRAWN);
        assertThat(withdrawn.send()).isFalse();
        Exchange abandoned = Exchange.of(REQUEST);
        assertThat(abandoned.send()).isTrue();
        assertThat(abandoned.await(1)).isEqualTo(Exchange.State.ABANDONED);
        assertThat(abandoned.deliver(Packet.decode(new byte[] {(byte) 0x80}))).isFalse();
    }
}
