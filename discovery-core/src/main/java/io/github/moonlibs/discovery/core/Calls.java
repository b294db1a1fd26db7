package io.github.moonlibs.discovery.core;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What all calls of a client share. */
record Calls(
        Router router,
        RouteWaiters waiters,
        CallsInFlight inFlight,
        RetryTokens tokens,
        Latencies latencies,
        Observers observers,
        Supplier<RandomGenerator> randoms) {
    RandomGenerator random() {
        return randoms.get();
    }
}
