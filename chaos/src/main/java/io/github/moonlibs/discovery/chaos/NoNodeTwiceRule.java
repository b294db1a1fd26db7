package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Failure;
import io.github.moonlibs.discovery.chaos.Call.Tried;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** No call went to the same node twice, by its own list of attempts and by what the nodes executed. */
final class NoNodeTwiceRule implements Rule {
    static final String NAME = "same node twice";

    @Override
    public List<Violation> check(History history) {
        Ledger ledger = new Ledger(history.executions());
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            List<Execution> executions = ledger.of(call);
            if (repeats(executions.stream().map(Execution::node))) {
                violations.add(new Violation(
                        NAME, call.start(), "executed by " + Ledger.line(executions) + "; " + call.history()));
            } else if (call.outcome() instanceof Failure failure
                    && repeats(failure.attempts().stream().map(Tried::node))) {
                violations.add(new Violation(NAME, call.start(), call.history()));
            }
        }
        return violations;
    }

    private static boolean repeats(Stream<String> nodes) {
        Set<String> seen = new HashSet<>();
        return !nodes.allMatch(seen::add);
    }
}
