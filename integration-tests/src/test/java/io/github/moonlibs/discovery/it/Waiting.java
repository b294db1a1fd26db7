package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for conditions, with a bound far beyond what anything takes. */
final class Waiting {
    static final Duration BOUND = Duration.ofSeconds(30);

    private Waiting() {}

    static void await(String what, BooleanSupplier condition) {
        await(() -> what, condition);
    }

    static void await(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                assertThat(condition.getAsBoolean())
                        .as("not within %s: %s", BOUND, what.get())
                        .isTrue();
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void awaitServed(DiscoveryClient client, String method, int nodes) {
        await(
                () -> method + " served by exactly " + nodes + ": "
                        + client.routing().routes(method) + "\n" + client.topology(),
                () -> client.routing().routes(method).size() == nodes);
    }
}
