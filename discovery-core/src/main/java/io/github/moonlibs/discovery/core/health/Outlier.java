package io.github.moonlibs.discovery.core.health;

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
import java.util.function.Consumer;
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
 * <p>Resilience4j's circuit breaker counts and decides; how long OUT lasts, and which calls may probe, is decided here. A
 * breaker's window that is full of successes is not changed by another one, so successes are kept from it until the
 * next failure, and before a node's first failure there is no breaker: a healthy node's call costs one read.
 * Thread-safe; only changes and the breaker itself take a lock, for no longer than it takes to count.
 */
public final class Outlier {
    public enum State {
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
    private final Consumer<@Nullable Ejection> onChange;

    /** How many successes have come since the last failure; counts no further than the window. */
    private final AtomicInteger successes = new AtomicInteger();

    private final AtomicInteger probesLeft = new AtomicInteger();

    /** For the threads that change one of these. Two changes may be reported in the wrong order. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable CircuitBreaker breaker;
    private volatile Standing standing = new Standing(State.IN, "", 0, 0, 0, 0);

    /**
     * @param onChange called by any thread, after every change of the state, with what {@link #ejection} was then: another
     *     thread may have changed it since
     */
    Outlier(String name, OutlierPolicy policy, LongSupplier nanoTime, Consumer<@Nullable Ejection> onChange) {
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
        lock.lock();
        try {
            if (breaker == null) {
                CircuitBreaker made = Breakers.make(name, config());
                for (int i = Math.min(successes.get(), policy.windowCalls()); i > 0; i--) {
                    made.onSuccess(0, NANOSECONDS);
                }
                made.getEventPublisher().onStateTransition(event -> follow());
                breaker = made;
                return made;
            }
            return breaker;
        } finally {
            lock.unlock();
        }
    }

    /** Above zero, as the policy's share is. */
    private static float percent(double share) {
        return Math.max(Float.MIN_NORMAL, (float) (100 * share));
    }

    private CircuitBreakerConfig config() {
        return CircuitBreakerConfig.custom()
                // whatever its name says, a ReentrantLock: it pins no virtual thread, and costs a third of
                // the lock-free window, which allocates 128 bytes a call (HealthBenchmark)
                .slidingWindow(
                        policy.windowCalls(),
                        policy.minimumCalls(),
                        SlidingWindowType.COUNT_BASED,
                        SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .failureRateThreshold(percent(policy.failureRate()))
                .permittedNumberOfCallsInHalfOpenState(policy.probes())
                // also if none is slow: its default is a minute
                .slowCallDurationThreshold(Duration.ofNanos(Math.max(1, slowNanos - 1)))
                .slowCallRateThreshold(percent(policy.slowCallRate()))
                .build();
    }

    // ---- what follows from it ----

    /** Comes into the state that the breaker has now. */
    private void follow() {
        Standing changed;
        lock.lock();
        try {
            State next = stateOf(breaker());
            if (next == standing.state()) {
                return;
            }
            successes.set(0);
            changed = next(next, standing, nanoTime.getAsLong());
            standing = changed;
            probesLeft.set(next == State.PROBING ? policy.probes() : 0);
        } finally {
            lock.unlock();
        }
        onChange.accept(ejection(changed));
    }

    private static State stateOf(CircuitBreaker breaker) {
        return switch (breaker.getState()) {
            case CLOSED -> State.IN;
            case OPEN -> State.OUT;
            case HALF_OPEN -> State.PROBING;
            default ->
                throw new IllegalStateException(
                        "no code of this library makes the circuit breaker " + breaker.getState());
        };
    }

    private Standing next(State state, Standing before, long now) {
        return switch (state) {
            case IN -> new Standing(state, "", now, now, before.inARow(), before.ejectionNanos());
            case OUT -> {
                boolean forgiven = before.state() == State.IN && now - before.sinceNanos() > before.ejectionNanos();
                int inARow = forgiven ? 1 : before.inARow() + 1;
                long ejection = ejectionNanos(inARow);
                yield new Standing(state, reason(), now, now + ejection, inARow, ejection);
            }
            case PROBING -> probing(before, now, now);
        };
    }

    private Standing probing(Standing before, long since, long now) {
        long until = now + policy.baseEjection().toNanos();
        return new Standing(State.PROBING, before.reason(), since, until, before.inARow(), before.ejectionNanos());
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
        int slow = window.getNumberOfSlowCalls();
        int calls = window.getNumberOfBufferedCalls();
        boolean forFailures =
                policy.slowCall() == null || failed * policy.slowCallRate() >= slow * policy.failureRate();
        int bad = forFailures ? failed : slow;
        // others may have ended since the breaker decided, and are in the window, too
        boolean isAsDecided = bad >= calls * (forFailures ? policy.failureRate() : policy.slowCallRate());
        return (isAsDecided ? bad : "too many")
                + " of its last " + calls + " calls "
                + (forFailures
                        ? "timed out, lost their connection or failed where another node answered"
                        : "took " + policy.slowCall() + " or longer");
    }

    /** Lets time pass: ends an ejection that is over, and gives new probes when the last have come to nothing. */
    public void tick() {
        Standing now = standing;
        if (now.state() == State.IN || nanoTime.getAsLong() - now.untilNanos() < 0) {
            return;
        }
        if (now.state() == State.OUT) {
            breaker().transitionToHalfOpenState();
        } else if (probesLeft.get() <= 0) {
            renewProbes();
        }
    }

    /** Probes may end without telling anything, or never be sent. */
    private void renewProbes() {
        lock.lock();
        try {
            Standing now = standing;
            if (now.state() == State.PROBING) {
                standing = probing(now, now.sinceNanos(), nanoTime.getAsLong());
                probesLeft.set(policy.probes());
            }
        } finally {
            lock.unlock();
        }
    }

    public State state() {
        return standing.state();
    }

    /** When it came into its state. */
    public long sinceNanos() {
        return standing.sinceNanos();
    }

    /** Takes one of the probes that are left; whether there was one. */
    public boolean takeProbe() {
        return probesLeft.get() > 0 && probesLeft.getAndDecrement() > 0;
    }

    /** That it is out or being probed; null while it is in. */
    @Nullable
    public Ejection ejection() {
        return ejection(standing);
    }

    private @Nullable Ejection ejection(Standing now) {
        if (now.state() == State.IN) {
            return null;
        }
        boolean isProbing = now.state() == State.PROBING;
        long remaining = isProbing ? 0 : Math.max(0, now.untilNanos() - nanoTime.getAsLong());
        return new Ejection(isProbing, now.reason(), Duration.ofNanos(remaining), now.inARow());
    }
}
