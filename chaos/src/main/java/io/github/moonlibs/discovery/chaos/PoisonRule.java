package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Failure;
import io.github.moonlibs.discovery.chaos.Call.Tried;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A reply that is too large failed its own call, and no other node was asked for it again. */
final class PoisonRule implements Rule {
    static final String NAME = "poison asked for again";
    /** After these another node may be asked: the reply was not seen. */
    private static final Set<String> UNSEEN = Set.of("not sent", "timeout");

    @Override
    public List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            if (call.procedure() == Procedure.LARGE
                    && call.outcome() instanceof Failure failure
                    && isRepeated(failure.attempts(), history)) {
                violations.add(new Violation(NAME, call.start(), call.history()));
            }
        }
        return violations;
    }

    private static boolean isRepeated(List<Tried> attempts, History history) {
        for (Tried seen : attempts) {
            long end = seen.start() + seen.nanos();
            boolean wasSeen = !UNSEEN.contains(seen.kind())
                    && history.troubles().stream()
                            .noneMatch(trouble ->
                                    trouble.node().equals(seen.node()) && trouble.overlaps(seen.start(), end));
            if (wasSeen && attempts.stream().anyMatch(later -> later.start() >= end && later.start() > seen.start())) {
                return true;
            }
        }
        return false;
    }
}
