package io.github.moonlibs.discovery.benchmarks.sidebyside;

/**
 * The figures of one cell. Times are microseconds.
 *
 * @param contestant its name; with {@code @} and the build's name if it is not this build
 * @param load as {@link Load} writes it
 * @param round from 1
 * @param toServer from the beginning of a call until it runs on the server, the median; 0: not measured
 * @param clientCpu time on a core per call, without what the callers compute
 * @param serverCpu time on a core per call
 * @param allocated bytes per call
 * @param others the part of the machine, from 0 to 1, that neither the client nor the servers used
 */
public record Measurement(
        String contestant,
        String load,
        int round,
        double callsPerSecond,
        double p50,
        double p99,
        double p999,
        double toServer,
        double clientCpu,
        double serverCpu,
        double allocated,
        double others) {
    private static final double DISTURBED = 0.1;

    /** Whether others used more than a tenth of the machine, which may have changed the figures. */
    public boolean disturbed() {
        // with a network they are the proxies
        return others > DISTURBED && Load.of(load).kind() != Load.Kind.NETWORK;
    }

    /** Of the client and the servers. */
    double cpu() {
        return clientCpu + serverCpu;
    }

    Measurement of(String contestant, int round) {
        return new Measurement(
                contestant,
                load,
                round,
                callsPerSecond,
                p50,
                p99,
                p999,
                toServer,
                clientCpu,
                serverCpu,
                allocated,
                others);
    }
}
