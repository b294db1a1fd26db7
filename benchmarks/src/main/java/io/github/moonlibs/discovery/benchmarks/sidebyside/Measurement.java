package io.github.moonlibs.discovery.benchmarks.sidebyside;

/**
 * What one cell measured. Times are microseconds.
 *
 * @param contestant its name, {@code @} and a build's name where it is not this one
 * @param round from 1
 * @param clientCpu on a core, a call
 * @param serverCpu on a core, a call
 * @param allocated bytes a call
 * @param others which part of the machine was used by neither the client nor the servers, from 0 to 1
 */
public record Measurement(
        String contestant,
        int callers,
        int round,
        double callsPerSecond,
        double p50,
        double p99,
        double p999,
        double clientCpu,
        double serverCpu,
        double allocated,
        double others) {
    private static final double DISTURBED = 0.1;

    /** Whether others used so much of the machine that it may have changed the figures: more than a tenth. */
    public boolean disturbed() {
        return others > DISTURBED;
    }

    Measurement of(String contestant, int round) {
        return new Measurement(
                contestant, callers, round, callsPerSecond, p50, p99, p999, clientCpu, serverCpu, allocated, others);
    }
}
