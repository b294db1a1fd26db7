package io.github.moonlibs.discovery.core.transaction;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Transaction.Isolation;
import io.github.moonlibs.discovery.core.call.Call;
import io.github.moonlibs.discovery.core.call.CallParts;
import io.github.moonlibs.discovery.core.call.OpenAttempt;
import io.github.moonlibs.discovery.core.call.Proof;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import io.github.moonlibs.discovery.spi.Transport.TransactionalConnection;
import io.github.moonlibs.discovery.text.SafeText;

/**
 * Begins a transaction on one node after another, until one has begun it. Nothing of the application's runs meanwhile, so
 * that another node is tried after any failure, whatever the method's flag.
 */
public final class Beginning {
    private final CallParts parts;
    private final Call call;
    private final Isolation isolation;

    public Beginning(CallParts parts, Call call, Isolation isolation) {
        this.parts = parts;
        this.call = call;
        this.isolation = isolation;
    }

    /** A transaction that was begun. */
    record Begun(Route route, ServerTransaction transaction) {}

    Begun run() {
        while (true) {
            passOver();
            Route route = parts.plan().next(call);
            OpenAttempt attempt = OpenAttempt.begin(call, route);
            try {
                return new Begun(route, attempt.ask((open, nanos) -> begin(route, nanos)));
            } catch (AttemptException failure) {
                call.record(route, attempt.startNanos(), failure, proof(route, failure));
                parts.rules().pauseBeforeAnother(call);
            } catch (InterruptedException interrupt) {
                call.recordInterrupt(route, attempt.startNanos());
                throw call.interrupted(interrupt);
            }
        }
    }

    /** Counts the servers without transactions as tried: a place on one is not worth waiting for. */
    private void passOver() {
        for (Route route : parts.plan().untried(call)) {
            if (route.session().transactional() == null) {
                call.record(route, call.readClock(), unable(route), Proof.NOT_CALLABLE);
            }
        }
    }

    private static AttemptException unable(Route route) {
        return AttemptException.notSent(
                route.instance() + ": "
                        + SafeText.name(route.session().connection().server())
                        + " keeps no transaction open between calls: expected Tarantool 2.10 or newer",
                null);
    }

    private ServerTransaction begin(Route route, long nanos) throws InterruptedException {
        Session session = route.session();
        TransactionalConnection able = session.transactional();
        if (able == null) {
            // it came while the call waited
            throw unable(route);
        }
        boolean begun = false;
        session.beginTransaction();
        try {
            long left = call.remainingNanos(call.readClock());
            // a node that hangs leaves time for another one
            long patience = parts.plan().hasAnother(call, route) ? Math.min(nanos, left / 2) : nanos;
            ServerTransaction transaction = able.begin(isolation, left, patience);
            begun = true;
            return transaction;
        } finally {
            if (!begun) {
                session.endTransaction();
            }
        }
    }

    /** A server that has no transactions won't come to have them, which is not worth waiting for. */
    private static Proof proof(Route route, AttemptException failure) {
        if (route.session().transactional() == null) {
            return Proof.NOT_CALLABLE;
        }
        return failure.sent() ? Proof.NONE : Proof.NOT_SENT;
    }
}
