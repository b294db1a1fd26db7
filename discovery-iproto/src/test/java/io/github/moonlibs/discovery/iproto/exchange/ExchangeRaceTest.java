package io.github.moonlibs.discovery.iproto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.codec.Request;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An end that comes while the sender finds out that the kernel takes nothing. */
@SuppressWarnings("ReferenceEquality") // the very exchange is meant
class ExchangeRaceTest {
    private static final int ROUNDS = 20_000;

    @Test
    void exchangeExpiresWhileTheKernelTakesNothing() throws Exception {
        assertEnds(Exchange::expire);
    }

    @Test
    void exchangeFailsWhileTheKernelTakesNothing() throws Exception {
        assertEnds(Exchange::fail);
    }

    private static void assertEnds(Consumer<Exchange> end) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
        AtomicReference<Exchange> current = new AtomicReference<>(Exchange.of(Request.ping(), deadline));
        AtomicReference<@Nullable Exchange> offered = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread sender = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                Exchange exchange = Objects.requireNonNull(current.get());
                for (int i = 0; i < 100; i++) {
                    exchange.send();
                    exchange.unsend();
                }
                offered.set(exchange);
            }
        });
        int undecided = 0;
        try {
            for (int i = 0; i < ROUNDS; i++) {
                Exchange exchange = Exchange.of(Request.ping(), deadline);
                current.set(exchange);
                while (offered.get() != exchange) {
                    Thread.onSpinWait();
                }
                end.accept(exchange);
                undecided += exchange.isOver() ? 0 : 1;
            }
        } finally {
            over.set(true);
            sender.join();
        }
        assertThat(undecided).as("exchanges without an outcome").isZero();
    }
}
