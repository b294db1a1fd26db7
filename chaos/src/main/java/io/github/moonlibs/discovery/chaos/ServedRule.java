package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.CouldServe.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** No retriable call failed while a node could serve it within its deadline. {@link CouldServe} says when one could. */
final class ServedRule implements Rule {
    static final String NAME = "not served";

    @Override
    public List<Violation> check(History history) {
        CouldServe couldServe = new CouldServe(history);
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            CouldServe.Judgement judgement = couldServe.judge(call);
            if (judgement.verdict() == Verdict.VIOLATION) {
                violations.add(new Violation(NAME, call.start(), judgement.reason() + "; " + call.history()));
            }
        }
        return violations;
    }

    /** How many failed calls were judged in which way. */
    static Map<Verdict, Integer> verdicts(History history) {
        CouldServe couldServe = new CouldServe(history);
        Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        for (Call call : history.calls()) {
            verdicts.merge(couldServe.judge(call).verdict(), 1, Integer::sum);
        }
        return verdicts;
    }
}
