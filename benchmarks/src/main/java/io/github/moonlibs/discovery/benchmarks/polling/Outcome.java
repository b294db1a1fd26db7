package io.github.moonlibs.discovery.benchmarks.polling;

/**
 * The result of a simulation; rates and notices are those of the second half of the time.
 *
 * @param pollsPerSecond polls that reached the server
 * @param pushesPerSecond pushes that the server sent
 * @param busy the part of the time, from 0 to 1, that the server worked for discovery
 * @param burstAfter1s the largest number of requests within 10 ms, relative to the mean, after the first second
 * @param burst the same in the second half of the time
 * @param longestWait the longest time that a request waited for earlier ones, milliseconds; usually at the start
 * @param notice50 the median time from a change until a client knows it, milliseconds
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
