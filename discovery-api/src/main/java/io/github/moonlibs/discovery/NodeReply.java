package io.github.moonlibs.discovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one node answered to {@link DiscoveryClient#callAll}. Immutable and thread-safe.
 *
 * @param node the node that was called
 * @param duration how long it took
 * @param result what it returned; null if it failed
 * @param failure why it failed; null if it did not
 */
public record NodeReply(
        Instance node,
        Duration duration,
        @Nullable Result result,
        @Nullable AttemptException failure) {

    /** Node, result or failure, and duration in one line; a long result or message is cut. */
    @Override
    public String toString() {
        Object outcome = failure != null ? failure.summary() : result;
        return node + ": " + BoundedText.of(outcome) + " after " + Attempt.millis(duration);
    }
}
