package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Unexpected;
import java.util.ArrayList;
import java.util.List;

/** Every call ended with a result or with an exception that the library promises. */
final class ExpectedRule implements Rule {
    static final String NAME = "unexpected exception";

    @Override
    public List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            if (call.outcome() instanceof Unexpected) {
                violations.add(new Violation(NAME, call.start(), call.history()));
            }
        }
        return violations;
    }
}
