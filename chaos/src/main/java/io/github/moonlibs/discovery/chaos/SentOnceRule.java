package io.github.moonlibs.discovery.chaos;

import java.util.ArrayList;
import java.util.List;

/** A call that is not retriable was executed at most once. */
final class SentOnceRule implements Rule {
    static final String NAME = "executed twice";

    @Override
    public List<Violation> check(History history) {
        Ledger ledger = new Ledger(history.executions());
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            List<Execution> executions = ledger.of(call);
            if (!call.isRetriable() && executions.size() > 1) {
                violations.add(new Violation(
                        NAME,
                        call.start(),
                        "not retriable, and executed by " + Ledger.line(executions) + "; " + call.history()));
            }
        }
        return violations;
    }
}
