package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.health.NodeHealth;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.support.FlightRecorder.CallEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has come of a call so far: for its exceptions, its rules, and whatever observes it. Used by the caller's thread. */
public final class CallHistory {
    private record Erred(NodeHealth health, long nanos, AttemptException error) {}

    private final List<Attempt> attempts = new ArrayList<>(2);
    private final List<Erred> erred = new ArrayList<>(0);
    private @Nullable CallEvent event;
    private @Nullable Instance answeredBy;
    private int executions;
    private int tokens;
    private int begun;
    private int hedges;
    private boolean isRefused;
    private boolean isNotCallable;
    private boolean tokenRefused;
    private boolean fansOut;

    /** Adds an attempt that has failed. */
    void add(Attempt attempt, Proof proof) {
        attempts.add(attempt);
        executions += proof.mayHaveRun() ? 1 : 0;
        isNotCallable |= proof == Proof.NOT_CALLABLE;
        isRefused |= isNotCallable || proof == Proof.REFUSED;
    }

    /** The attempts that have failed, in the order of their ends. */
    List<Attempt> attempts() {
        return attempts;
    }

    /** How many of the attempts may have been executed. */
    int executions() {
        return executions;
    }

    /** Whether a server has replied by an error which proves that it has not executed the call. */
    boolean isRefused() {
        return isRefused;
    }

    /** Whether a server has said that there is no such procedure for the caller. */
    boolean isNotCallable() {
        return isNotCallable;
    }

    /** By endpoint: a node that was put back meanwhile is another node of the same server. */
    boolean hasTried(Node node) {
        for (Attempt attempt : attempts) {
            if (attempt.node().endpoint().equals(node.instance().endpoint())) {
                return true;
            }
        }
        return false;
    }

    /** How many tokens of the retry budget the call has taken. */
    int tokens() {
        return tokens;
    }

    void tookToken() {
        tokens++;
    }

    /** Whether the budget refuses the call a token for the first time: one call counts as one refusal. */
    boolean isFirstRefusal() {
        boolean first = !tokenRefused;
        tokenRefused = true;
        return first;
    }

    /** An attempt has begun. */
    void begun() {
        begun++;
    }

    /** The call goes to all nodes, and none of its attempts follows another. */
    void fansOut() {
        fansOut = true;
    }

    /** How many attempts followed another one's failure. */
    public int retries() {
        return fansOut ? 0 : Math.max(0, begun - 1 - hedges);
    }

    /** An attempt has begun while another one was unanswered. */
    public void hedged() {
        hedges++;
    }

    /** How many attempts began while another one was unanswered. */
    public int hedges() {
        return hedges;
    }

    /** A node has answered after that time with an error, which is to count against it if another node answers the call. */
    void erred(NodeHealth health, long nanos, AttemptException error) {
        erred.add(new Erred(health, nanos, error));
    }

    /** A node's reply is the call's. What other nodes failed at was not the call's fault. */
    public void answeredBy(Instance node) {
        answeredBy = fansOut ? null : node;
        erred.forEach(each -> each.health().outdone(each.nanos(), each.error()));
        erred.clear();
    }

    /** The node whose reply was the call's; null if it has none, or goes to all nodes. */
    @Nullable
    public Instance answeredBy() {
        return answeredBy;
    }

    public void event(@Nullable CallEvent begun) {
        event = begun;
    }

    @Nullable
    public CallEvent event() {
        return event;
    }
}
