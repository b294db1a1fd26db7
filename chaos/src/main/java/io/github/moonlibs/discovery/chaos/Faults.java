package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes faults of plans. */
final class Faults {
    private final Guard guard;
    private final @Nullable Firewall firewall;
    private final Callers callers;

    Faults(Guard guard, @Nullable Firewall firewall, Callers callers) {
        this.guard = guard;
        this.firewall = firewall;
        this.callers = callers;
    }

    Fault of(PlannedFault planned, Member member) throws IOException {
        return switch (planned.kind()) {
            case KILL, RESTART -> new Killed(member, guard, false);
            case TERMINATE -> new Killed(member, guard, true);
            case FREEZE -> new Frozen(member);
            case SATURATE -> new Saturated(member, planned);
            case SLOW_CALLS -> new SlowCalls(member, callers);
            case CUT -> cut(member, true, true, 1);
            case CUT_TO -> cut(member, true, false, 1);
            case CUT_FROM -> cut(member, false, true, 1);
            case LOSE -> cut(member, true, true, planned.share());
            case POISON_LARGE, POISON_CAUSES, POISON_NESTED ->
                throw new IllegalArgumentException(planned + " is no node's");
        };
    }

    private Fault cut(Member member, boolean to, boolean from, double share) {
        if (firewall == null) {
            throw new IllegalStateException("planned without a firewall");
        }
        return new Cut(firewall, member, to, from, share);
    }

    /** Makes the call whose reply is poison. */
    void poison(FaultKind kind) {
        Procedure procedure = switch (kind) {
            case POISON_LARGE -> Procedure.LARGE;
            case POISON_CAUSES -> Procedure.CAUSES;
            case POISON_NESTED -> Procedure.NESTED;
            default -> throw new IllegalArgumentException(kind + " is no poison");
        };
        callers.alsoCall(1, caller -> caller.call(Profile.POISON, procedure, null, "poison", 0));
    }
}
