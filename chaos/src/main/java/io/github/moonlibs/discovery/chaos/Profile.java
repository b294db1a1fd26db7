package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Hedging;
import java.time.Duration;
import java.util.Locale;

/** How a caller calls. The numbers are what the checker goes by, and the options follow from them. */
enum Profile {
    /** All options at their defaults. */
    DEFAULT(60, Procedure.GET, 1_000, 1_000, 0, 0),
    /** Little time for an attempt, some for the whole call. */
    TIGHT(40, Procedure.GET, 100, 400, 0, 0),
    /** A few attempts, which extend the default deadline. */
    BOUNDED(20, Procedure.GET, 300, 900, 3, 0),
    /** Hedged after a fixed time. */
    HEDGED(30, Procedure.GET, 1_000, 1_000, 0, 50),
    /** Hedged at the observed p95. */
    HEDGED_P95(10, Procedure.GET, 500, 1_000, 0, -1),
    /** Not retriable. */
    ONCE(30, Procedure.PUT, 1_000, 1_000, 0, 0),
    /** Not retriable, with little time. */
    ONCE_TIGHT(10, Procedure.PUT, 60, 200, 0, 0),
    /** One of many slow calls that a single node serves. */
    SLOW(0, Procedure.SLOW, 20_000, 20_000, 0, 0),
    /** Its reply is a poisonous one. */
    POISON(0, Procedure.LARGE, 1_000, 1_000, 0, 0);

    private final int callers;
    private final Procedure procedure;
    private final long timeout;
    private final long deadline;
    private final int maxAttempts;
    private final long hedge;

    /** Times in milliseconds. Attempts and hedge: 0 is none given; hedge -1: at the p95. */
    Profile(int callers, Procedure procedure, long timeout, long deadline, int maxAttempts, long hedge) {
        this.callers = callers;
        this.procedure = procedure;
        this.timeout = Times.millis(timeout);
        this.deadline = Times.millis(deadline);
        this.maxAttempts = maxAttempts;
        this.hedge = Times.millis(hedge);
    }

    /** How many of the 200 callers are of this kind. */
    int callers() {
        return callers;
    }

    /** What they call; of poison and slow calls, one of several. */
    Procedure procedure() {
        return procedure;
    }

    /** The options that come to these numbers; what is the default already is left alone. */
    CallOptions options() {
        CallOptions options = CallOptions.defaults();
        if (timeout != options.timeoutNanos()) {
            options = options.withTimeout(Duration.ofNanos(timeout));
        }
        if (maxAttempts > 0) {
            options = options.withMaxAttempts(maxAttempts);
        }
        if (deadline != timeout * Math.max(1, maxAttempts)) {
            options = options.withDeadline(Duration.ofNanos(deadline));
        }
        if (hedge != 0) {
            options = options.withHedging(hedge < 0 ? Hedging.atP95() : Hedging.after(Duration.ofNanos(hedge)));
        }
        return options;
    }

    /** For one attempt, in nanoseconds. */
    long timeout() {
        return timeout;
    }

    /** For the whole call, in nanoseconds. */
    long deadline() {
        return deadline;
    }

    /** How many attempts there may be; 0: no limit. */
    int maxAttempts() {
        return maxAttempts;
    }

    /** The fixed delay of a hedge in nanoseconds; 0 or less: there is none. */
    long hedge() {
        return hedge;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
