package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.core.limits.RetryTokens;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.support.Callbacks;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What may follow an attempt. One for all calls of a client.
 *
 * <ol>
 *   <li>Another attempt may follow a failure if the failed node announced the method as retriable, the options' predicate
 *       agrees, and time and executions are left. The next node has to be one that the call has not tried ({@link
 *       RoutePlan}).
 *   <li>An attempt that provably executed nothing ({@link Proof}) was no execution: the call moves on whatever the
 *       method's flag. It has cost a server nothing worth mentioning, so it costs no token and does not count for {@code
 *       maxAttempts}; what bounds such attempts is that each node is tried once.
 *   <li>Every execution but a call's first takes a token of the client's retry budget.
 *   <li>Between attempts there is a jittered pause that grows, and that never goes past the deadline.
 * </ol>
 */
public final class RetryRules {
    /** The first pause between two attempts is up to this; each further one up to twice the one before. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Pauses stop doubling here, at 64 ms. */
    private static final int PAUSE_DOUBLINGS = 6;

    private final RetryTokens tokens;
    private final Object client;
    private final Supplier<RandomGenerator> randoms;

    /** @param client stands for the client in {@link Callbacks} */
    public RetryRules(RetryTokens tokens, Object client, Supplier<RandomGenerator> randoms) {
        this.tokens = tokens;
        this.client = client;
        this.randoms = randoms;
    }

    /** What the failure proves, by itself, by the node's announcement, or by the caller's word. */
    public Proof proof(Call call, Route route, AttemptException failure) {
        Proof proof = Proof.of(call.method(), route, failure);
        // an error that the caller lists is expected to pass; a procedure that the server lacks isn't
        boolean isAsked = proof == Proof.NONE || proof == Proof.NOT_CALLABLE;
        if (isAsked && failure instanceof ServerException server && isNotExecuted(call, server.error())) {
            return Proof.REFUSED;
        }
        return proof;
    }

    private boolean isNotExecuted(Call call, TarantoolError error) {
        return ask(() -> call.options().notExecuted().test(error));
    }

    /** Why no attempt may follow this failure, which came before the deadline; null if one may. */
    @Nullable
    public String reasonToStop(Call call, Route route, AttemptException failure, Proof proof) {
        if (!proof.mayHaveRun() || call.isOverdue()) {
            return null;
        }
        if (failure.kind() == AttemptException.Kind.UNREADABLE) {
            return "the reply cannot be read";
        }
        if (!route.retriable()) {
            return "the method is not retriable";
        }
        return ask(() -> call.options().retryOn().test(failure)) ? null : "retryOn declines another attempt";
    }

    /** Asks the application. */
    private boolean ask(BooleanSupplier question) {
        AtomicBoolean answer = new AtomicBoolean();
        Callbacks.run(client, () -> answer.setPlain(question.getAsBoolean()));
        return answer.getPlain();
    }

    /** Whether the options allow one more execution, beside those that have ended and those that are under way. */
    boolean allowsAnother(Call call, int underWay) {
        int max = call.options().maxAttempts();
        return max == 0 || call.executions() + underWay < max;
    }

    /**
     * Waits before the next attempt.
     *
     * @throws CallException if time or number does not allow one
     */
    public void pauseBeforeAnother(Call call) {
        long nanos = pauseNanos(call);
        long start = call.nowNanos();
        for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw call.interrupted(new InterruptedException());
            }
        }
        requireTime(call);
    }

    /**
     * How long to wait before the next attempt.
     *
     * @throws CallException if time or number does not allow one
     */
    public long pauseNanos(Call call) {
        requireTime(call);
        if (!allowsAnother(call, 0)) {
            throw call.failed("maxAttempts reached");
        }
        int failures = call.remembered().attempts().size();
        long bound = PAUSE_NANOS << Math.clamp(failures - 1, 0, PAUSE_DOUBLINGS);
        return Math.min(randoms.get().nextLong(bound), call.remainingNanos(call.nowNanos()));
    }

    /** Returns if the deadline has not come. */
    void requireTime(Call call) {
        if (call.remainingNanos(call.readClock()) <= 0) {
            throw call.tooLate();
        }
    }

    /**
     * Pays for another execution; a call's first costs nothing. A token that was taken for an attempt that executed nothing
     * is kept.
     *
     * @param underWay how many attempts have no outcome yet
     * @return false if the budget has no token
     */
    boolean takeToken(Call call, int underWay) {
        CallHistory history = call.remembered();
        if (history.tokens() < call.executions() + underWay) {
            if (!tokens.take(System.nanoTime())) {
                if (history.isFirstRefusal()) {
                    tokens.refused();
                }
                return false;
            }
            history.tookToken();
        }
        return true;
    }
}
