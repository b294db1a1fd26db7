package io.github.moonlibs.discovery.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the nodes executed, by the calls' numbers. Immutable. */
final class Ledger {
    private final Map<Long, List<Execution>> byCall = new HashMap<>();

    Ledger(List<Execution> executions) {
        for (Execution execution : executions) {
            byCall.computeIfAbsent(execution.number(), number -> new ArrayList<>(1))
                    .add(execution);
        }
    }

    List<Execution> of(Call call) {
        return byCall.getOrDefault(call.number(), List.of());
    }

    /** Where and as what, in one line. */
    static String line(List<Execution> executions) {
        return executions.stream()
                .map(execution -> execution.node() + " as " + execution.token())
                .collect(Collectors.joining(", "));
    }
}
