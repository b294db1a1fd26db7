package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Answer;
import io.github.moonlibs.discovery.chaos.Call.Failure;
import io.github.moonlibs.discovery.chaos.Call.Outcome;
import io.github.moonlibs.discovery.chaos.Call.Tried;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A history of three nodes in good health, and what a test adds to it. All times are milliseconds. */
final class HistoryBuilder {
    /** Of every call's arguments. */
    static final String HASH = "00000000000000000000000000000000";

    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final long PROBED_EVERY = 100;
    private static final long LENGTH = 60_000;

    private final List<Call> calls = new ArrayList<>();
    private final List<Execution> executions = new ArrayList<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private final List<Stretch> platformDelays = new ArrayList<>();
    private final List<Stretch> virtualDelays = new ArrayList<>();
    private final List<BudgetSample> budget = new ArrayList<>();
    private final List<Ejected> ejections = new ArrayList<>();
    private final List<String> leftovers = new ArrayList<>();
    private final List<String> unanswering = new ArrayList<>();

    /** A call that was answered by the node and executed there. */
    HistoryBuilder answered(Profile profile, long number, String node, long start, long end) {
        executed(node, number, "1." + number);
        return call(profile, number, start, end, new Answer(number, HASH, node, "1." + number, HASH));
    }

    /** A call that failed after attempts on these nodes. */
    HistoryBuilder failed(Profile profile, long number, long start, long end, String... nodes) {
        List<Tried> attempts = Stream.of(nodes)
                .map(node -> new Tried(node, Times.millis(start), 0, "lost"))
                .toList();
        return call(profile, number, start, end, new Failure("CallFailedException", "failed", attempts));
    }

    HistoryBuilder call(Profile profile, long number, long start, long end, Outcome outcome) {
        return call(profile, profile.procedure(), number, start, end, outcome);
    }

    HistoryBuilder call(Profile profile, Procedure procedure, long number, long start, long end, Outcome outcome) {
        calls.add(new Call(
                number,
                profile,
                procedure,
                procedure == Procedure.SLOW ? "n1" : null,
                HASH,
                false,
                Times.millis(start),
                Times.millis(end),
                outcome));
        return this;
    }

    HistoryBuilder executed(String node, long number, String token) {
        return executed(new Execution(node, number, HASH, token));
    }

    HistoryBuilder executed(Execution execution) {
        executions.add(execution);
        return this;
    }

    HistoryBuilder trouble(String node, FaultKind kind, long begin, long end) {
        troubles.add(new Trouble(node, kind, Times.millis(begin), Times.millis(end)));
        return this;
    }

    /** The node answers its witness in none of the questions. */
    HistoryBuilder unanswering(String node) {
        unanswering.add(node);
        return this;
    }

    HistoryBuilder platformDelay(long from, long to) {
        platformDelays.add(new Stretch(Times.millis(from), Times.millis(to)));
        return this;
    }

    HistoryBuilder virtualDelay(long from, long to) {
        virtualDelays.add(new Stretch(Times.millis(from), Times.millis(to)));
        return this;
    }

    HistoryBuilder budget(long at, long available, long refused) {
        budget.add(new BudgetSample(Times.millis(at), available, refused));
        return this;
    }

    HistoryBuilder ejected(String node, long from, long to) {
        ejections.add(new Ejected(node, new Stretch(Times.millis(from), Times.millis(to))));
        return this;
    }

    HistoryBuilder leftover(String what) {
        leftovers.add(what);
        return this;
    }

    History build() {
        List<Probe> probes = new ArrayList<>();
        for (long at = 0; at < LENGTH; at += PROBED_EVERY) {
            for (String node : NODES) {
                probes.add(new Probe(node, Times.millis(at), Times.millis(at + 1), !unanswering.contains(node)));
            }
        }
        return new History(
                1,
                NODES,
                calls,
                executions,
                troubles,
                probes,
                new Delays(platformDelays),
                new Delays(virtualDelays),
                budget,
                ejections,
                leftovers);
    }

    /** The names of the rules that are broken, each as often as it is. */
    List<String> broken() {
        return Checker.check(build()).stream().map(Violation::rule).toList();
    }
}
