package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.util.List;

/** Sees the attempts of a call: a {@link Result} does not say who answered. */
final class Witness implements ClientObserver {
    /** The attempts of the call that the thread is in. */
    private static final ThreadLocal<List<Seen>> CALL = new ThreadLocal<>();

    /** One attempt that has ended: on whom, and what it took. */
    record Seen(Instance node, long nanos) {}

    /** Calls, and adds the attempts to the list as they end: the last one of a call that succeeded was answered. */
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
