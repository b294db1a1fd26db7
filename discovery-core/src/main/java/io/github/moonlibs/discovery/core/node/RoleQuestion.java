package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.Announcement.Method;
import io.github.moonlibs.discovery.MethodRule;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Problems;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Reading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * For servers that announce nothing: asks whether the node is writable, and derives from the answer what the node would
 * announce by the rules. A rule for several methods becomes one entry, which they share.
 *
 * <p>{@code box.info} is the only procedure that says so on every server. The user needs the right to execute it and no
 * other one; {@code eval} would take the right to execute anything.
 */
record RoleQuestion(List<MethodRule> rules) implements Question {
    private static final String RUNNING = "running";

    @Override
    public String procedure() {
        return "box.info";
    }

    @Override
    public boolean canBePushed() {
        return false;
    }

    @Override
    public Reading read(Result answer, int size) throws NoAnnouncementException {
        Object info = answer.size() == 0 ? null : answer.get(0);
        if (!(info instanceof Map<?, ?> fields) || !(fields.get("ro") instanceof Boolean isReadOnly)) {
            throw new NoAnnouncementException("expected {ro = true or false, ...}");
        }
        // an orphan has lost sight of its replicaset, and what it has may be old
        boolean isRunning = RUNNING.equals(fields.get("status"));
        Map<String, Method> methods = new LinkedHashMap<>();
        for (MethodRule rule : rules) {
            methods.put(rule.methods(), method(rule, isReadOnly, isRunning));
        }
        return new Reading(new Announcement(!isReadOnly, methods, Map.of()), Problems.NONE);
    }

    private static Method method(MethodRule rule, boolean isReadOnly, boolean isRunning) {
        boolean serves = isRunning
                && switch (rule.mode()) {
                    case RW -> !isReadOnly;
                    case RO -> isReadOnly;
                    case PREFER_RO, ANY -> true;
                };
        int tier = rule.mode() == MethodRule.Mode.PREFER_RO && !isReadOnly ? 1 : 0;
        return new Method(serves ? Method.DEFAULT_WEIGHT : 0, rule.retriable(), tier, Errors.NONE, Map.of());
    }
}
