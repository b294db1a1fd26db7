package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Answer;
import io.github.moonlibs.discovery.chaos.Call.Garbage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every success happened on the node that answered, with those arguments and that answer; and the nodes executed nothing
 * but what callers had asked for.
 */
final class TrueAnswersRule implements Rule {
    static final String NAME = "wrong answer";

    @Override
    public List<Violation> check(History history) {
        Ledger ledger = new Ledger(history.executions());
        Map<Long, Call> calls = new HashMap<>();
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            calls.put(call.number(), call);
            String wrong = switch (call.outcome()) {
                case Answer answer -> whatIsWrong(call, answer, ledger.of(call));
                // such a reply is not to be read; that no other call suffers from it is what matters
                case Garbage garbage -> call.profile() == Profile.POISON ? "" : garbage.what();
                default -> "";
            };
            if (!wrong.isEmpty()) {
                violations.add(new Violation(NAME, call.start(), wrong + "; " + call.history()));
            }
        }
        for (Execution execution : history.executions()) {
            Call call = calls.get(execution.number());
            if (call == null || !call.hash().equals(execution.hash())) {
                violations.add(new Violation(
                        NAME,
                        call == null ? 0 : call.start(),
                        execution.node() + " executed call " + execution.number() + " as " + execution.token()
                                + ", arguments " + execution.hash() + ", but "
                                + (call == null
                                        ? "no caller made it"
                                        : "its arguments are " + call.hash() + "; " + call.history())));
            }
        }
        return violations;
    }

    private static String whatIsWrong(Call call, Answer answer, List<Execution> executions) {
        if (answer.number() != call.number()) {
            return "it got the answer to call " + answer.number();
        }
        if (!answer.hash().equals(call.hash())) {
            return "the node got other arguments: " + answer.hash() + " instead of " + call.hash();
        }
        if (!answer.echoHash().equals(call.hash())) {
            return "the node sent other arguments back: " + answer.echoHash() + " instead of " + call.hash();
        }
        if (call.onlyNode() != null && !call.onlyNode().equals(answer.node())) {
            return answer.node() + " answered, which does not serve it";
        }
        Execution claimed = new Execution(answer.node(), call.number(), call.hash(), answer.token());
        return executions.contains(claimed)
                ? ""
                : answer.node() + " wrote no such execution down; executions: " + Ledger.line(executions);
    }
}
