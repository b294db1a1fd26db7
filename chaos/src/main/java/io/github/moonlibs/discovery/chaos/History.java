package io.github.moonlibs.discovery.chaos;

import java.util.List;

/**
 * Everything that was observed in a run.
 *
 * @param seed of the run
 * @param nodes their names
 * @param calls as the callers saw them
 * @param executions as the nodes wrote them down
 * @param troubles the faults as they happened
 * @param probes of the nodes' witnesses
 * @param platformDelays of timers of platform threads
 * @param virtualDelays of timers of virtual threads
 * @param budget samples of the retry budget, in order
 * @param ejections of nodes by the client
 * @param leftovers what was left of the library after its client was closed
 */
record History(
        long seed,
        List<String> nodes,
        List<Call> calls,
        List<Execution> executions,
        List<Trouble> troubles,
        List<Probe> probes,
        Delays platformDelays,
        Delays virtualDelays,
        List<BudgetSample> budget,
        List<Ejected> ejections,
        List<String> leftovers) {

    /** The longest delay of a timer while the call ran, of the kinds of thread that it depends on. */
    long noise(Call call) {
        long platform = platformDelays.longest(call.start(), call.end());
        return call.isVirtual() ? Math.max(platform, virtualDelays.longest(call.start(), call.end())) : platform;
    }
}
