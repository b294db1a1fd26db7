package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.CommitUnknownException;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.OverloadedException;
import io.github.moonlibs.discovery.TransactionEndedException;
import io.github.moonlibs.discovery.spi.ClientObserver.AttemptEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.CallEnded;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Times calls and attempts, and counts retries and hedges. Thread-safe. */
final class CallMeters {
    private static final String NONE = "none";

    private final TagValues methods;
    private final TagValues nodes;
    private final Timers calls;
    private final Timers attempts;
    private final Counters retries;
    private final Counters hedges;

    CallMeters(Meters meters, TagValues methods, TagValues nodes) {
        this.methods = methods;
        this.nodes = nodes;
        calls = new Timers(meters, "calls", "Calls of the application, with all of their attempts");
        attempts = new Timers(meters, "attempts", "Attempts, each on one node");
        retries = new Counters(meters, "retries", "Attempts that followed another one's failure", Meters.METHOD);
        hedges = new Counters(meters, "hedges", "Attempts that began while another one was unanswered", Meters.METHOD);
    }

    void ended(CallEnded event) {
        String method = methods.of(event.method());
        Instance answeredBy = event.answeredBy();
        calls.of(method, answeredBy == null ? NONE : nodes.of(answeredBy.name()), outcome(event.failure()))
                .record(event.durationNanos(), TimeUnit.NANOSECONDS);
        retries.of(method).increment(event.retries());
        hedges.of(method).increment(event.hedges());
    }

    private static String outcome(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> Meters.SUCCESS;
            case NoRouteException e -> "no_route";
            case DeadlineExceededException e -> "deadline_exceeded";
            case CallFailedException e -> "failed";
            case CallInterruptedException e -> "interrupted";
            case OverloadedException e -> "overloaded";
            case ClientClosedException e -> "closed";
            case TransactionEndedException e -> "transaction_ended";
            case CommitUnknownException e -> "commit_unknown";
            default -> "unsendable";
        };
    }

    void ended(AttemptEnded event) {
        attempts.of(methods.of(event.method()), nodes.of(event.node().name()), outcome(event.failureKind()))
                .record(event.durationNanos(), TimeUnit.NANOSECONDS);
    }

    private static String outcome(@Nullable Kind failure) {
        return switch (failure) {
            case null -> Meters.SUCCESS;
            case NOT_SENT -> "not_sent";
            case LOST -> "lost";
            case TIMEOUT -> "timeout";
            case SERVER_ERROR -> "server_error";
            case UNREADABLE -> "unreadable";
            case INTERRUPTED -> "interrupted";
            case ABANDONED -> "abandoned";
        };
    }
}
