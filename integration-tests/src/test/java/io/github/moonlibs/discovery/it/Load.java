package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Many virtual threads that call a method, one call after another, until they are stopped. */
final class Load implements AutoCloseable {
    final AtomicLong calls;
    final AtomicLong longestOverrunNanos = new AtomicLong();
    final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

    private final Repeated threads;
    private final int callers;

    Load(
            DiscoveryClient client,
            int callers,
            String method,
            Supplier<List<?>> arguments,
            Duration timeout,
            Duration deadline) {
        this.callers = callers;
        threads = new Repeated(callers, () -> call(client, method, arguments.get(), timeout, deadline));
        calls = threads.times;
    }

    private void call(DiscoveryClient client, String method, List<?> arguments, Duration timeout, Duration within) {
        Deadline deadline = Deadline.after(within);
        try {
            client.call(
                    method,
                    arguments,
                    CallOptions.defaults().withTimeout(timeout).withDeadline(deadline));
        } catch (CallException e) {
            failures.add(e);
        }
        longestOverrunNanos.accumulateAndGet(-deadline.remainingNanos(), Math::max);
    }

    /** Waits until this many more calls have ended. */
    void awaitMore(long more) {
        threads.awaitMore(more, () -> more + " more calls");
    }

    /** Since there were so many failures, at most one a caller has been added, each of a call on that server. */
    void assertOnlyCallsUnderWayFailed(int first, String endpoint) {
        List<CallException> more =
                failures.stream().skip(first).map(CallException.class::cast).toList();
        assertThat(more).hasSizeLessThanOrEqualTo(callers);
        assertThat(more)
                .flatExtracting(CallException::attempts)
                .filteredOn(attempt ->
                        attempt.failure() != null && attempt.failure().sent())
                .extracting((Attempt attempt) -> attempt.node().endpoint().address())
                .allMatch(endpoint::equals);
    }

    @Override
    public void close() {
        end();
    }

    /** Stops calling, and waits for the last calls. */
    void end() {
        threads.close();
    }
}
