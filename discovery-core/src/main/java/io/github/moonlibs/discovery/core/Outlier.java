package io.github.moonlibs.discovery.core;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node is in service, judged by how its calls end:
 *
 * <pre>
 *   IN ──── too many of the last calls failed, or were slow ────▶ OUT
 *   ▲                                                            │  ▲
 *   │                                                  time over │  │ probes failed
 *   │                                                            ▼  │
 *   └──────────────────── probes succeeded ──────────────────── PROBING
 * </pre>
 *
 * <p>Resilience4j's circuit breaker counts and decides; how long OUT lasts, and who may probe, is decided here. A
 * breaker's window that is full of successes is not changed by another one, so successes are kept from it until the
 * next failure, and before a node's first failure there is no breaker: a healthy node's call costs one read.
 * Thread-safe; nothing here blocks but the making of the breaker.
 */
final class Outlier {
    enum State {
        IN,
        OUT,
        PROBING
    }

    /**
     * Replaced whole at every change.
     *
     * @param untilNanos when OUT ends; when PROBING gets new probes if it has come to nothing
     * @param inARow how many ejections there were without a long enough stay in between
     * @param ejectionNanos how long the last of them was
     */
    private record Standing(
            State state, String reason, long sinceNanos, long untilNanos, int inARow, long ejectionNanos) {}

    private final String name;
    private final OutlierPolicy policy;
    private final long slowNanos;
    private final LongSupplier nanoTime;
    private final Runnable onChange;

    /** How many successes have come since the last failure; counts no further than the window. */
    private final AtomicInteger successes = new AtomicInteger();

    private final AtomicInteger probesLeft = new AtomicInteger();
    private final ReentrantLock making = new ReentrantLock();
    private volatile @Nullable CircuitBreaker breaker;
    private volatile Standing standing = new Standing(State.IN, "", 0, 0, 0, 0);

    /** @param onChange called by any thread, after every change of the state */
    Outlier(String name, OutlierPolicy policy, LongSupplier nanoTime, Runnable onChange) {
        this.name = name;
        this.policy = policy;
        this.slowNanos =
                policy.slowCall() == null ? Long.MAX_VALUE : policy.slowCall().toNanos();
        this.nanoTime = nanoTime;
        this.onChange = onChange;
    }

    // ---- what calls come to ----

    void answered(long nanos) {
        if (nanos >= slowNanos && policy.windowCalls() > 0) {
            sparedNoMore().onSuccess(nanos, NANOSECONDS);
        } else if (successes.get() < policy.windowCalls()) {
            successes.incrementAndGet();
            CircuitBreaker present = breaker;
            if (present != null) {
                present.onSuccess(nanos, NANOSECONDS);
            }
        }
    }

    void failed(long nanos, Exception failure) {
        if (policy.windowCalls() > 0) {
            sparedNoMore().onError(nanos, NANOSECONDS, failure);
        }
    }

    private CircuitBreaker sparedNoMore() {
        // first made, with the successes that it was spared
        CircuitBreaker present = breaker();
        successes.set(0);
        return present;
    }

    /** The breaker, as it would be had it seen every call. */
    private CircuitBreaker breaker() {
        CircuitBreaker present = breaker;
        if (present != null) {
            return present;
        }
        making.lock();
        try {
            if (breaker == null) {
                CircuitBreaker made = CircuitBreaker.of(name, config());
                for (int i = Math.min(successes.get(), policy.windowCalls()); i > 0; i--) {
                    made.onSuccess(0, NANOSECONDS);
                }
                made.getEventPublisher()
                        .onStateTransition(
                                event -> change(event.getStateTransition().getToState()));
                breaker = made;
                return made;
            }
            return breaker;
        } finally {
            making.unlock();
        }
    }

    private CircuitBreakerConfig config() {
        CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
                // lock-free, so that no thread waits for one that has lost its carrier
                .slidingWindow(
                        policy.windowCalls(),
                        policy.minimumCalls(),
                        SlidingWindowType.COUNT_BASED,
                        SlidingWindowSynchronizationStrategy.LOCK_FREE)
                .failureRateThreshold((float) (100 * policy.failureRate()))
                .permittedNumberOfCallsInHalfOpenState(policy.probes());
        if (policy.slowCall() != null) {
            config.slowCallDurationThreshold(policy.slowCall().minusNanos(1))
                    .slowCallRateThreshold((float) (100 * policy.slowCallRate()));
        }
        return config.build();
    }

    // ---- what follows from it ----

    private void change(CircuitBreaker.State state) {
        successes.set(0);
        Standing before = standing;
        long now = nanoTime.getAsLong();
        switch (state) {
            case OPEN -> {
                boolean forgiven = before.state() == State.IN && now - before.sinceNanos() > before.ejectionNanos();
                int inARow = forgiven ? 1 : before.inARow() + 1;
                long ejection = ejectionNanos(inARow);
                standing = new Standing(State.OUT, reason(), now, now + ejection, inARow, ejection);
            }
            case HALF_OPEN -> {
                standing = new Standing(
                        State.PROBING,
                        before.reason(),
                        now,
                        now + policy.baseEjection().toNanos(),
                        before.inARow(),
                        before.ejectionNanos());
                probesLeft.set(policy.probes());
            }
            case CLOSED -> standing = new Standing(State.IN, "", now, 0, before.inARow(), before.ejectionNanos());
            default -> throw new IllegalStateException("a circuit breaker that nobody has made " + state);
        }
        onChange.run();
    }

    private long ejectionNanos(int inARow) {
        long longest = policy.maxEjection().toNanos();
        long base = policy.baseEjection().toNanos();
        int doublings = Math.min(inARow - 1, Long.numberOfLeadingZeros(base) - 1);
        return Math.min(longest, base << doublings);
    }

    private String reason() {
        CircuitBreaker.Metrics window = breaker().getMetrics();
        int failed = window.getNumberOfFailedCalls();
        boolean forFailures = failed >= policy.failureRate() * window.getNumberOfBufferedCalls();
        return (forFailures ? failed : window.getNumberOfSlowCalls())
                + " of its last " + window.getNumberOfBufferedCalls() + " calls "
                + (forFailures ? "timed out or lost their connection" : "took " + policy.slowCall() + " or longer");
    }

    /** Lets time pass: ends an ejection that is over. */
    void tick() {
        Standing now = standing;
        if (now.state() == State.IN || nanoTime.getAsLong() - now.untilNanos() < 0) {
            return;
        }
        if (now.state() == State.OUT) {
            breaker().transitionToHalfOpenState();
        } else if (probesLeft.get() <= 0) {
            // some probes never came to an end that tells anything, or were never sent
            long later = now.untilNanos() + policy.baseEjection().toNanos();
            standing =
                    new Standing(now.state(), now.reason(), now.sinceNanos(), later, now.inARow(), now.ejectionNanos());
            probesLeft.set(policy.probes());
        }
    }

    State state() {
        return standing.state();
    }

    /** When it came into its state. */
    long sinceNanos() {
        return standing.sinceNanos();
    }

    /** Takes one of the probes that are left; whether there was one. */
    boolean takeProbe() {
        return probesLeft.get() > 0 && probesLeft.getAndDecrement() > 0;
    }

    /** That it is out or being probed; null while it is in. */
    @Nullable
    Ejection ejection() {
        Standing now = standing;
        if (now.state() == State.IN) {
            return null;
        }
        boolean isProbing = now.state() == State.PROBING;
        long remaining = isProbing ? 0 : Math.max(0, now.untilNanos() - nanoTime.getAsLong());
        return new Ejection(isProbing, now.reason(), Duration.ofNanos(remaining), now.inARow());
    }
}
