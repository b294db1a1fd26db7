package io.github.moonlibs.discovery.benchmarks.polling;

/**
 * What came of a simulation; rates and notices in the second half of the time.
 *
 * @param pollsPerSecond that came to the server
 * @param pushesPerSecond that the server sent
 * @param busy part of the time that the server was at work for discovery, from 0 to 1
 * @param burstAfter1s the most requests within 10 ms against the mean, from the first second on
 * @param burst the same in the second half of the time
 * @param longestWait that a request had for those before it, milliseconds; at the start, as a rule
 * @param notice50 median time from a change to the moment that a client knows of it, milliseconds
 * @param notice99 99th percentile of the same
 * @param noticeMax the longest
 */
public record Outcome(
        String policy,
        double pollsPerSecond,
        double pushesPerSecond,
        double busy,
        double burstAfter1s,
        double burst,
        double longestWait,
        double notice50,
        double notice99,
        double noticeMax) {}
