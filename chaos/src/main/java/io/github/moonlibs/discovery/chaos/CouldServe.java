package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.Call.Answer;
import io.github.moonlibs.discovery.chaos.Call.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whether a node could serve a call that failed. It could if all of this holds:
 *
 * <ul>
 *   <li>It had no fault during the call, nor in the {@value #REJOIN_SECONDS} s before, which is what the client may take to
 *       come back to it: 3 s to connect, 3.3 s between two attempts to, 1 s for an announcement.
 *   <li>Its witness got an answer to every question of that second and of the call, each within 250 ms.
 *   <li>The client had not ejected it, or had ejected it for nothing: there was no fault, and neither the witness's answers
 *       nor timers were later than the shortest timeout of a caller.
 *   <li>The call's time was enough: what is left of its deadline after every node that was in trouble has cost it an
 *       attempt, and its timeout, is more than what this node takes to answer on the machine as it was then. An attempt on
 *       a node that hangs costs its timeout, the delay of a hedge, or half of what is left, whichever is least (Calls 1 of
 *       the contract).
 *   <li>The retry budget had not refused an extra attempt meanwhile, being used up.
 * </ul>
 *
 * A call that failed long before its deadline did not lack time: there the attempt's timeout alone has to suffice.
 */
final class CouldServe {
    static final int REJOIN_SECONDS = 8;

    private static final long REJOIN = Times.millis(REJOIN_SECONDS * 1_000);
    /** For how long after its fault a node may still cost a call an attempt. */
    private static final long LINGER = Times.millis(3_000);
    /** How long before a call a node's witness must have been answered. */
    private static final long WITNESSED = Times.millis(1_000);
    /** A node that takes longer to answer its witness is not in good health. */
    private static final long SLOWEST = Times.millis(250);

    private static final long SHORTEST_TIMEOUT = Profile.ONCE_TIGHT.timeout();
    /** What an answer takes on an idle machine, amply. */
    private static final long ANSWER = Times.millis(50);
    /** What a thousand calls of 1.6 s take on one node, amply. */
    private static final long SLOW_ANSWER = Times.millis(10_000);
    /** Calls that end sooner before their deadline than this may have ended because of it. */
    private static final long NEAR_DEADLINE = Times.millis(20);
    /** How far apart two samples of budget and ejections may be on a busy machine. */
    private static final long SAMPLED = Times.millis(300);
    /** A budget that has this left is used up, as far as samples can see. */
    private static final long USED_UP = 50;

    /** What became of a call. */
    enum Verdict {
        /** It succeeded. */
        SERVED,
        /** It failed, and may: it is not retriable, its reply is poison, or the process was cold. */
        MAY_FAIL,
        /** It failed, and no node could serve it. */
        NO_NODE,
        /** It failed, and the nodes that could serve it were ejected, for a reason. */
        EJECTED,
        /** It failed, and nodes in trouble or the machine left it too little time. */
        NO_TIME,
        /** It failed, and the retry budget was used up. */
        NO_BUDGET,
        /** It failed although a node could serve it. */
        VIOLATION
    }

    /**
     * A verdict with its reason.
     *
     * @param verdict what became of the call
     * @param reason which nodes it is about and how much time; may be empty
     */
    record Judgement(Verdict verdict, String reason) {}

    private final History history;
    private final Map<String, List<Trouble>> troubles = new HashMap<>();
    private final Map<String, List<Probe>> probes = new HashMap<>();

    CouldServe(History history) {
        this.history = history;
        for (Trouble trouble : history.troubles()) {
            troubles.computeIfAbsent(trouble.node(), node -> new ArrayList<>()).add(trouble);
        }
        for (Probe probe : history.probes()) {
            probes.computeIfAbsent(probe.node(), node -> new ArrayList<>()).add(probe);
        }
    }

    /** What became of a call, and why. */
    Judgement judge(Call call) {
        if (call.outcome() instanceof Answer) {
            return new Judgement(Verdict.SERVED, "");
        }
        if (!isToBeServed(call) || call.start() < InTimeRule.WARM_UP || !(call.outcome() instanceof Failure)) {
            return new Judgement(Verdict.MAY_FAIL, "");
        }
        return judgeAsFailed(call);
    }

    /** Whether the library promises to have the call served if it can be. */
    static boolean isToBeServed(Call call) {
        return call.isRetriable() && call.profile() != Profile.POISON;
    }

    /** What is to be said of such a call if it fails, or of one that has not failed if it had. */
    Judgement judgeAsFailed(Call call) {
        List<String> sound = servers(call).filter(node -> isSound(node, call)).toList();
        if (sound.isEmpty()) {
            return new Judgement(Verdict.NO_NODE, "no node could serve it");
        }
        List<String> inService =
                sound.stream().filter(node -> !isEjectedForCause(node, call)).toList();
        if (inService.isEmpty()) {
            return new Judgement(Verdict.EJECTED, String.join(", ", sound) + " could serve it but for its ejection");
        }
        List<String> costly = servers(call).filter(node -> isCostly(node, call)).toList();
        long left = timeLeft(call, costly.size());
        long needed = needed(inService, call);
        String reason = String.join(", ", inService) + " could serve it"
                + (costly.isEmpty() ? "" : ", " + String.join(", ", costly) + " in trouble") + ", "
                + Times.inMillis(left) + " for an answer that takes at most " + Times.inMillis(needed);
        if (isBudgetUsedUp(call)) {
            return new Judgement(Verdict.NO_BUDGET, reason);
        }
        return new Judgement(left < needed ? Verdict.NO_TIME : Verdict.VIOLATION, reason);
    }

    private Stream<String> servers(Call call) {
        String only = call.onlyNode();
        return only == null ? history.nodes().stream() : Stream.of(only);
    }

    // ---- the nodes

    private boolean isSound(String node, Call call) {
        return !hadTrouble(node, call, call.start() - REJOIN, call.end())
                && (call.profile() == Profile.SLOW || isWitnessed(node, call));
    }

    /** Whether the node had a fault in that time. That it has many slow calls excuses none of these calls. */
    private boolean hadTrouble(String node, Call call, long from, long to) {
        for (Trouble trouble : troubles.getOrDefault(node, List.of())) {
            boolean isItsOwn = call.profile() == Profile.SLOW && trouble.kind() == FaultKind.SLOW_CALLS;
            if (!isItsOwn && trouble.overlaps(from, to)) {
                return true;
            }
        }
        return false;
    }

    private boolean isWitnessed(String node, Call call) {
        long slowest = slowest(node, call);
        return slowest > 0 && slowest <= SLOWEST;
    }

    private long slowest(String node, Call call) {
        return slowest(node, call.start() - WITNESSED, call.end());
    }

    /** The longest answer to the node's witness in that time; 0: there is none; huge: one failed. */
    private long slowest(String node, long from, long to) {
        List<Probe> all = probes.getOrDefault(node, List.of());
        long slowest = 0;
        // the witness asks one question after another, so their ends are in order, too
        for (int i = firstEndedBy(all, from); i < all.size() && all.get(i).sent() <= to; i++) {
            slowest = Math.max(slowest, all.get(i).isAnswered() ? all.get(i).nanos() : Long.MAX_VALUE);
        }
        return slowest;
    }

    private static int firstEndedBy(List<Probe> probes, long time) {
        int low = 0;
        int high = probes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (probes.get(middle).ended() < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean isCostly(String node, Call call) {
        return call.profile() != Profile.SLOW
                && (hadTrouble(node, call, call.start() - LINGER, call.end()) || !isWitnessed(node, call));
    }

    /** Whether the node was out of service at some time of the call, and a reason for that can be seen from outside. */
    private boolean isEjectedForCause(String node, Call call) {
        for (Ejected ejected : history.ejections()) {
            if (ejected.node().equals(node)
                    && ejected.when().overlaps(call.start() - SAMPLED, call.end() + SAMPLED)
                    && hadCause(node, call, ejected.when().from())) {
                return true;
            }
        }
        return false;
    }

    /** A fault of the node, or a machine that let the shortest timeouts pass. Slow calls have no such timeouts. */
    private boolean hadCause(String node, Call call, long ejectedAt) {
        long before = ejectedAt - WITNESSED - SAMPLED;
        boolean wasLate = slowest(node, before, ejectedAt) >= SHORTEST_TIMEOUT
                || history.platformDelays().longest(before, ejectedAt) >= SHORTEST_TIMEOUT
                || history.virtualDelays().longest(before, ejectedAt) >= SHORTEST_TIMEOUT;
        return hadTrouble(node, call, ejectedAt - REJOIN, ejectedAt) || (wasLate && call.profile() != Profile.SLOW);
    }

    // ---- the call

    private boolean isBudgetUsedUp(Call call) {
        Budget budget = budget(call);
        return budget.refused > 0 && budget.left < USED_UP;
    }

    /**
     * The retry budget at about the time of a call.
     *
     * @param left the least that was seen
     * @param refused how many extra attempts were refused meanwhile
     */
    record Budget(long left, long refused) {}

    /** What was seen of it. */
    Budget budget(Call call) {
        long before = 0;
        long after = 0;
        long least = Long.MAX_VALUE;
        for (BudgetSample sample : history.budget()) {
            if (sample.at() < call.start() - SAMPLED) {
                before = sample.refused();
                after = before;
            } else if (sample.at() <= call.end() + SAMPLED) {
                least = Math.min(least, sample.available());
                after = sample.refused();
            } else {
                break;
            }
        }
        return new Budget(least, after - before);
    }

    /** What the call has for an attempt on a node that serves it, after so many others; less than 0: no attempt. */
    private static long timeLeft(Call call, int others) {
        Profile profile = call.profile();
        if (profile.maxAttempts() > 0 && others >= profile.maxAttempts()) {
            return -1;
        }
        if (call.outcome() instanceof Failure && call.overrun() < -NEAR_DEADLINE) {
            return profile.timeout();
        }
        long left = profile.deadline();
        for (int i = 0; i < others; i++) {
            long cost = Math.min(profile.timeout(), left / 2);
            left -= profile.hedge() > 0 ? Math.min(cost, profile.hedge()) : cost;
        }
        return Math.min(left, profile.timeout());
    }

    private long needed(List<String> nodes, Call call) {
        long noise = InTimeRule.HANDOVERS * history.noise(call);
        if (call.profile() == Profile.SLOW) {
            return SLOW_ANSWER + noise;
        }
        long quickest = Long.MAX_VALUE;
        for (String node : nodes) {
            quickest = Math.min(quickest, slowest(node, call));
        }
        return ANSWER + 2 * quickest + noise;
    }
}
