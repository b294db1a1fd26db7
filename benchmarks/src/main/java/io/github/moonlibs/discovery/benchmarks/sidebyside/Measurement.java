package io.github.moonlibs.discovery.benchmarks.sidebyside;

/**
 * The figures of one cell. Times are microseconds.
 *
 * @param contestant its name; with {@code @} and the build's name if it is not this build
 * @param round from 1
 * @param clientCpu time on a core per call
 * @param serverCpu time on a core per call
 * @param allocated bytes per call
 * @param others the part of the machine, from 0 to 1, that neither the client nor the servers used
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

    /** Whether others used more than a tenth of the machine, which may have changed the figures. */
    public boolean disturbed() {
        return others > DISTURBED;
    }

    Measurement of(String contestant, int round) {
        return new Measurement(
                contestant, callers, round, callsPerSecond, p50, p99, p999, clientCpu, serverCpu, allocated, others);
    }
}
