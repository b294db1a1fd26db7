package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Unended;
import java.util.ArrayList;
import java.util.List;

/**
 * No call outlived its deadline by more than 50 ms, and what the machine itself was late by. A call that ends at its
 * deadline is woken by a timer; its thread runs then, and it may have handed over to another thread on the way. So three
 * times the longest delay counts that timers of such threads had while the call ran.
 */
final class InTimeRule implements Rule {
    static final String NAME = "late";
    /** What a call may outlive its deadline by on a machine that is idle. */
    static final long SLACK = Times.millis(50);
    /** Calls that began sooner may have been delayed by what a cold process loads. */
    static final long WARM_UP = Times.millis(Schedule.CALM_START);
    /** How many delays may follow one another. */
    static final int HANDOVERS = 3;

    @Override
    public List<Violation> check(History history) {
        List<Violation> violations = new ArrayList<>();
        for (Call call : history.calls()) {
            // the delays are looked up only where they matter
            boolean isDue = call.overrun() > SLACK && call.start() >= WARM_UP;
            long noise = isDue ? history.noise(call) : 0;
            if (call.outcome() instanceof Unended || (isDue && call.overrun() > SLACK + HANDOVERS * noise)) {
                violations.add(new Violation(
                        NAME,
                        call.start(),
                        Times.inMillis(call.overrun()) + " after its deadline, while timers were late by at most "
                                + Times.inMillis(noise) + "; " + call.history()));
            }
        }
        return violations;
    }
}
