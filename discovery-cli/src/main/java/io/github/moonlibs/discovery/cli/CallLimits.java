package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a call may take, and how often it is tried. */
final class CallLimits {
    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            order = 10,
            defaultValue = "1s",
            description = "The time limit of one attempt. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            order = 11,
            description =
                    "The time limit of the whole call. Default: the timeout; with --attempts, times their number.")
    private @Nullable Duration deadline;

    @Option(
            names = "--attempts",
            paramLabel = "N",
            order = 12,
            description =
                    "How many attempts to make at most, including the first. Default: as many as there are nodes.")
    private @Nullable Integer attempts;

    boolean hasAttempts() {
        return attempts != null;
    }

    boolean hasDeadline() {
        return deadline != null;
    }

    /** @throws IllegalArgumentException if one is out of range; the message says what was expected */
    CallOptions options() {
        CallOptions options = CallOptions.defaults().withTimeout(timeout);
        if (deadline != null) {
            options = options.withDeadline(deadline);
        }
        return attempts == null ? options : options.withMaxAttempts(attempts);
    }
}
