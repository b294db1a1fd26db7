package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.core.support.TaskScope;

/** What the drivers of all calls of a client share: where a call may go, what may follow, and when it is hedged. */
public record CallParts(RoutePlan plan, RetryRules rules, HedgeDelay hedgeDelay, TaskScope.Factory scopes) {
    /** For attempts over connections that can only wait for a reply. */
    public Subtasks subtasks(Call call) {
        return new Subtasks(scopes, call);
    }
}
