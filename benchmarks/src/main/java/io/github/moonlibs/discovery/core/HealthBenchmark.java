package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.health.NodeHealth;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of learning from a call's end, compared with the cost of passing every call to a circuit breaker. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HealthBenchmark {
    private static final long NANOS = 1_000_000;

    private final NodeHealth healthy =
            new NodeHealth("healthy", OutlierPolicy.defaults(), System::nanoTime, ejection -> {});
    private final NodeHealth troubled =
            new NodeHealth("troubled", OutlierPolicy.defaults(), System::nanoTime, ejection -> {});
    private final AttemptException failure = new AttemptException(Kind.TIMEOUT, true, "no reply", null);
    private final CircuitBreaker lockFree = breaker(SlidingWindowSynchronizationStrategy.LOCK_FREE);
    private final CircuitBreaker locking = breaker(SlidingWindowSynchronizationStrategy.SYNCHRONIZED);

    private static CircuitBreaker breaker(SlidingWindowSynchronizationStrategy strategy) {
        return CircuitBreaker.of(
                strategy.name(),
                CircuitBreakerConfig.custom()
                        .slidingWindow(20, 10, SlidingWindowType.COUNT_BASED, strategy)
                        .build());
    }

    /** A node whose last calls all succeeded. */
    @Benchmark
    public void answered() {
        healthy.answered(healthy.nanoTime() - NANOS);
    }

    /** The same, from two threads. */
    @Benchmark
    @Threads(2)
    public void answeredByTwo() {
        healthy.answered(healthy.nanoTime() - NANOS);
    }

    /** A node that fails every sixteenth call; the breaker sees all calls. */
    @Benchmark
    public void answeredAmongFailures() {
        long now = troubled.nanoTime();
        if ((now & 15) == 0) {
            troubled.failed(now - NANOS, failure);
        } else {
            troubled.answered(now - NANOS);
        }
    }

    /** Every call passed to a lock-free breaker. */
    @Benchmark
    public void breakerLockFree() {
        lockFree.onSuccess(NANOS, TimeUnit.NANOSECONDS);
    }

    /** The same, from two threads. */
    @Benchmark
    @Threads(2)
    public void breakerLockFreeByTwo() {
        lockFree.onSuccess(NANOS, TimeUnit.NANOSECONDS);
    }

    /** Every call passed to a breaker with a lock. */
    @Benchmark
    public void breakerLocking() {
        locking.onSuccess(NANOS, TimeUnit.NANOSECONDS);
    }

    /** The same, from two threads. */
    @Benchmark
    @Threads(2)
    public void breakerLockingByTwo() {
        locking.onSuccess(NANOS, TimeUnit.NANOSECONDS);
    }
}
