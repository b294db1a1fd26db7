package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.util.List;

/** Records the attempts of a call, because a {@link Result} does not say which node answered. */
final class AttemptLog implements ClientObserver {
    /** The attempts of the thread's current call. */
    private static final ThreadLocal<List<Seen>> CALL = new ThreadLocal<>();

    /** One attempt that has ended: its node, and how long it took. */
    record Seen(Instance node, long nanos) {}

    /** Calls, and adds each attempt to the list when it ends. If the call succeeds, the last one was answered. */
    static Result call(
            DiscoveryClient client, String method, List<?> arguments, CallOptions options, List<Seen> attempts) {
        CALL.set(attempts);
        try {
            return client.call(method, arguments, options);
        } finally {
            CALL.remove();
        }
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
        List<Seen> attempts = CALL.get();
        if (attempts != null) {
            attempts.add(new Seen(event.node(), event.durationNanos()));
        }
    }
}
