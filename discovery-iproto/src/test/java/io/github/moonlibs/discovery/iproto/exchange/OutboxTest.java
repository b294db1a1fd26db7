package io.github.moonlibs.discovery.iproto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.Threads;
import io.github.moonlibs.discovery.iproto.codec.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** How the duty to send goes from thread to thread, and nothing is lost on its way. */
class OutboxTest {
    private static final byte[] REQUEST = Request.ping();

    private static Exchange exchange() {
        return Exchange.of(REQUEST, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    }

    @Test
    void theFirstToQueueHasTheDutyAndTakesAllTheOldestFirst() {
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
            assertThat(caller.join(Duration.ofSeconds(Threads.BOUND))).isTrue();
        }
        assertThat(mostOnDuty).hasValue(1);
        for (Exchange exchange : added) {
            assertThat(taken.contains(exchange)).isNotEqualTo(exchange.isOver());
        }
    }
}
