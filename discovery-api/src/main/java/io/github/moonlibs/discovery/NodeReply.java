package io.github.moonlibs.discovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one node answered to {@link DiscoveryClient#callAll}. Immutable and thread-safe.
 *
 * @param node who was called
 * @param duration how long it took
 * @param result what it returned; null if it failed
 * @param failure why it failed; null if it did not
 */
public record NodeReply(
        Instance node,
        Duration duration,
        @Nullable Result result,
        @Nullable AttemptException failure) {}
