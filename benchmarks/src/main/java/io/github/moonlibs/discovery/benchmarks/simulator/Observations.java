package io.github.moonlibs.discovery.benchmarks.simulator;

import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The observations of one simulation. Only calls that began after the scenario's set-up count. */
final class Observations {
    /** The last seconds, when all troubles should be over. */
    private static final double LAST = 5;

    private record Probing(int client, int server, int ejection) {}

    private final Scenario scenario;
    private final double[] latencies;
    private int answered;
    private long calls;
    private long attempts;
    private int failures;
    private int attemptsOnEjected;
    private final long[][] firstAttempts;
    private final Map<Probing, Integer> probes = new HashMap<>();
    private final int[][] timeOutsInService;

    Observations(Scenario scenario) {
        this.scenario = scenario;
        int servers = scenario.servers().size();
        latencies = new double[(int) (scenario.clients() * scenario.callsPerSecond() * scenario.seconds() * 1.2)];
        firstAttempts = new long[(int) Math.ceil(scenario.seconds())][servers];
        timeOutsInService = new int[scenario.clients()][servers];
    }

    private boolean counts(double callBegan) {
        return callBegan >= scenario.measuredFrom();
    }

    // ---- events ----

    void called(double second) {
        calls += counts(second) ? 1 : 0;
    }

    void attempted(int client, int server, double callBegan, boolean isFirst, @Nullable Ejection ejection) {
        if (ejection != null && ejection.isProbing()) {
            probes.merge(new Probing(client, server, ejection.inARow()), 1, Integer::sum);
        } else if (ejection != null) {
            attemptsOnEjected++;
        }
        attempts += counts(callBegan) ? 1 : 0;
        if (isFirst) {
            firstAttempts[(int) callBegan][server]++;
        }
    }

    void timedOut(int client, int server, @Nullable Ejection ejection) {
        timeOutsInService[client][server] += ejection == null ? 1 : 0;
    }

    void answered(double callBegan, double second) {
        if (counts(callBegan)) {
            latencies[answered++] = second - callBegan;
        }
    }

    void failed(double callBegan) {
        failures += counts(callBegan) ? 1 : 0;
    }

    // ---- results ----

    /** A quantile of the answered calls, in milliseconds. */
    double quantile(double share) {
        double[] sorted = Arrays.copyOf(latencies, answered);
        Arrays.sort(sorted);
        return 1e3 * sorted[Math.min(answered - 1, (int) (share * answered))];
    }

    /** The largest difference between a node's share of first attempts and the announced one. */
    double shareError() {
        return shareError(scenario.measuredFrom());
    }

    /** The share error in the last seconds. */
    double lastShareError() {
        return shareError(scenario.seconds() - LAST);
    }

    private double shareError(double from) {
        double largest = 0;
        for (int server = 0; server < scenario.servers().size(); server++) {
            double share = share(server, (int) from, firstAttempts.length);
            largest =
                    Math.max(largest, Math.abs(share - 1.0 / scenario.servers().size()));
        }
        return largest;
    }

    /** The share of the first attempts that a node got from one second to another. */
    double share(int server, int from, int to) {
        long its = 0;
        long all = 0;
        for (long[] ofSecond : Arrays.copyOfRange(firstAttempts, from, to)) {
            its += ofSecond[server];
            all += Arrays.stream(ofSecond).sum();
        }
        return all == 0 ? 0 : (double) its / all;
    }

    /** The largest share that the node got in a second between these. */
    double largestShare(int server, int from, int to) {
        return IntStream.range(from, to)
                .mapToDouble(second -> share(server, second, second + 1))
                .max()
                .orElseThrow();
    }

    /** Attempts beyond the first, as a share of the calls. */
    double extraCalls() {
        return (double) attempts / calls - 1;
    }

    int failures() {
        return failures;
    }

    /** The largest number of timeouts of a node that a client saw before it ejected the node. */
    int mostTimeOutsInService() {
        return Arrays.stream(timeOutsInService)
                .flatMapToInt(Arrays::stream)
                .max()
                .orElseThrow();
    }

    /** How many calls went to ejected nodes. */
    int attemptsOnEjected() {
        return attemptsOnEjected;
    }

    /** The largest number of calls of a client that tried a node after an ejection. */
    int mostProbes() {
        return probes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
