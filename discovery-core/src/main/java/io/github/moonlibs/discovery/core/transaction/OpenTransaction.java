package io.github.moonlibs.discovery.core.transaction;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.Transaction;
import io.github.moonlibs.discovery.core.call.Call;
import io.github.moonlibs.discovery.core.call.OpenAttempt;
import io.github.moonlibs.discovery.core.call.Proof;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.support.ListenerException;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A transaction from its beginning to its end, which comes once:
 *
 * <pre>
 *          ┌── commit ──▶ committed, rolled back by the server, or unknown
 *   open ──┼── rollback
 *          └── a request that brings neither a reply nor an error of the server's ──▶ rolled back
 * </pre>
 *
 * It holds no place on its node between its requests, since it costs the node no thread then. A request of it takes a place
 * beyond the bound rather than wait for one, since the node keeps for others to wait for what the transaction has changed.
 */
public final class OpenTransaction implements Transaction, Session.Lasting {
    // by which a server says that it has rolled back
    private static final int CONFLICT = 97;
    private static final int YIELD = 154;
    private static final int TIMEOUT = 231;

    // by which it says that it waits no longer for a commit to be confirmed, which may still come about
    private static final int COMMITTED_OUTSIDE = 284;
    private static final int QUORUM_TIMEOUT = 295;
    private static final Set<String> WAIT_ENDED = Set.of("FiberIsCancelled", "TimedOut");
    private static final String EXPIRY = "expired_at";

    private static final String DEADLINE = "its deadline came, and it is rolled back";
    private static final String ROLLED_BACK = "it was rolled back";
    private static final String INTERRUPTED = "its thread was interrupted, and it is rolled back";
    private static final String UNKNOWN = "it is unknown whether it was committed";

    private enum Asked {
        CALL,
        COMMIT,
        ROLLBACK
    }

    private final Call begun;
    private final CallOptions options;
    private final Reports reports;
    private final Route route;
    private final ServerTransaction server;
    private final ReentrantLock lock = new ReentrantLock();

    /** How it has ended; null while it is open. Written under the lock. */
    private volatile @Nullable String end;

    /** How it is to end as soon as the request that is under way has ended; null while nothing asks for that. */
    private volatile @Nullable String wanted;

    /** Whether its end was reported. Used under the lock. */
    private boolean isReported;

    private OpenTransaction(Call begun, Beginning.Begun beginning, Reports reports) {
        this.begun = begun;
        this.options = begun.options().withDeadline(begun.deadline());
        this.reports = reports;
        this.route = beginning.route();
        this.server = beginning.transaction();
    }

    /**
     * Begins one.
     *
     * @param call what it is begun for
     */
    public static OpenTransaction begin(Beginning beginning, Call call, Reports reports) {
        Beginning.Begun begun = beginning.run();
        Session session = begun.route().session();
        boolean made = false;
        try {
            OpenTransaction transaction = new OpenTransaction(call, begun, reports);
            session.lasts(transaction);
            made = true;
            return transaction;
        } finally {
            if (!made) {
                // for want of memory; the session would never have drained
                session.endTransaction();
                begun.transaction().abandon();
            }
        }
    }

    @Override
    public long remainingNanos(long now) {
        return begun.remainingNanos(now);
    }

    @Override
    public void expire() {
        endSoon(DEADLINE);
    }

    @Override
    public void over(String why) {
        endSoon(why + ", and it is rolled back");
    }

    @Override
    public Instance node() {
        return route.instance();
    }

    @Override
    public boolean isOpen() {
        return end == null && wanted == null && !options.deadlineFromNow().isReached();
    }

    @Override
    public Result call(String method, List<?> arguments) {
        Call call = new Call(method, null, options, System.nanoTime());
        return request(call, Asked.CALL, (attempt, nanos) -> {
            List<?> sent = call.argumentsFor(arguments, nanos);
            requireUnwanted();
            return server.call(method, sent, nanos, attempt.listener());
        });
    }

    @Override
    public void commit() {
        Call call = ofItself();
        request(call, Asked.COMMIT, (attempt, nanos) -> {
            requireUnwanted();
            // one that is given up early is unknown
            server.commit(Math.max(nanos, call.remainingNanos(call.readClock())));
            return true;
        });
    }

    @Override
    public void rollback() {
        if (lock.isHeldByCurrentThread()) {
            // what is under way would find itself outside the transaction
            wanted = ROLLED_BACK;
            return;
        }
        Call call = ofItself();
        boolean isMine = false;
        try {
            isMine = end == null && lock.tryLock(call.remainingNanos(call.readClock()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
        if (isMine) {
            rollback(call);
        } else {
            endSoon(ROLLED_BACK);
        }
    }

    private void rollback(Call call) {
        try {
            if (call.remainingNanos(call.readClock()) <= 0) {
                abandon(ROLLED_BACK);
            } else if (end == null) {
                reported(call, Asked.ROLLBACK, (attempt, nanos) -> {
                    server.rollback(nanos);
                    return true;
                });
            }
        } catch (CallException noConfirmation) {
            // it rolls back by itself
        } finally {
            end(ROLLED_BACK);
            leave();
        }
    }

    /** A request that is no call of a procedure goes by the name of what the transaction was begun for. */
    private Call ofItself() {
        return new Call(begun.method(), null, options, System.nanoTime());
    }

    private <T> T request(Call call, Asked asked, OpenAttempt.Question<T> question) {
        enter(call);
        try {
            if (end == null && call.remainingNanos(call.readClock()) <= 0) {
                abandon(DEADLINE);
            }
            requireOpen(call);
            return reported(call, asked, question);
        } finally {
            leave();
        }
    }

    private void enter(Call call) {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("a request in the transaction on " + node()
                    + " is under way on this thread: expected no other one from what runs inside it, as observers, "
                    + "converters and listeners do");
        }
        requireOpen(call);
        boolean isMine;
        try {
            isMine = lock.tryLock(call.remainingNanos(call.readClock()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupt) {
            // ahead of the request, of which the server then knows nothing
            endSoon(INTERRUPTED);
            throw call.interrupted(interrupt);
        }
        if (!isMine) {
            throw call.transactionEnded(node(), "its deadline came while another thread used it");
        }
    }

    /** Ends what is to be ended, reports the end, and lets another thread have it. */
    private void leave() {
        try {
            String how = wanted;
            if (how != null) {
                abandon(how);
            }
            if (end != null && !isReported) {
                isReported = true;
                route.session().endTransaction(this);
                reports.closed();
            }
        } finally {
            lock.unlock();
        }
        if (wanted != null && end == null && lock.tryLock()) {
            // asked for since it was looked at
            leave();
        }
    }

    /** Lets the thread that uses it end it, or ends it now if none does. */
    private void endSoon(String how) {
        wanted = how;
        if (lock.tryLock()) {
            leave();
        }
    }

    private void requireOpen(Call call) {
        String how = end;
        if (how != null) {
            throw call.transactionEnded(node(), how);
        }
    }

    /** What runs between the beginning of a request and this may have asked for a rollback. */
    private void requireUnwanted() {
        if (wanted != null) {
            throw AttemptException.notSent(node() + ": the transaction was to be rolled back meanwhile", null);
        }
    }

    private <T> T reported(Call call, Asked asked, OpenAttempt.Question<T> question) {
        reports.begun(call);
        Throwable failure = null;
        try {
            return ask(call, asked, question);
        } catch (ListenerException thrown) {
            failure = thrown.original();
            throw thrown.original();
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            reports.ended(call, failure);
        }
    }

    private <T> T ask(Call call, Asked asked, OpenAttempt.Question<T> question) {
        route.session().gate().enterBeyond();
        OpenAttempt attempt = OpenAttempt.begin(call, route);
        boolean understood = false;
        try {
            T answer = attempt.ask(question);
            understood = true;
            if (asked == Asked.COMMIT) {
                end("it was committed");
            }
            return answer;
        } catch (AttemptException failure) {
            understood = true;
            call.record(route, attempt.startNanos(), failure, Proof.NONE);
            throw switch (asked) {
                case CALL -> failed(call, failure);
                case COMMIT -> notCommitted(call, failure);
                case ROLLBACK -> unconfirmed(call, failure);
            };
        } catch (InterruptedException interrupt) {
            understood = true;
            Thread.currentThread().interrupt();
            call.recordInterrupt(route, attempt.startNanos());
            if (asked == Asked.COMMIT) {
                abandonUnknown();
                throw call.commitUnknown(node());
            }
            abandon(INTERRUPTED);
            throw call.interrupted(interrupt);
        } finally {
            if (!understood && asked == Asked.COMMIT) {
                abandonUnknown();
            } else if (!understood) {
                // an argument that cannot be sent, what a listener throws, an Error
                abandon("a call in it was broken off on this side, and it is rolled back");
            }
        }
    }

    private CallException failed(Call call, AttemptException failure) {
        boolean isAnswered = failure.kind() == Kind.SERVER_ERROR || failure.kind() == Kind.UNREADABLE;
        String byServer = failure instanceof ServerException error ? rolledBackBy(error.error()) : null;
        if (isAnswered && byServer == null && wanted == null) {
            return call.failed("the transaction is still open");
        }
        abandon(
                byServer != null
                        ? byServer
                        : "a request in it got no answer (" + failure.kind() + "), and it is rolled back");
        return call.transactionEnded(node(), String.valueOf(end));
    }

    private CallException notCommitted(Call call, AttemptException failure) {
        if (!failure.sent()) {
            abandon("the request to commit it was not sent, and it is rolled back");
        } else if (failure instanceof ServerException error && !isUndecided(error.error())) {
            String why = rolledBackBy(error.error());
            end(why != null ? why : "the server refused to commit it, and has rolled it back");
        } else {
            abandonUnknown();
            return call.commitUnknown(node());
        }
        return call.transactionEnded(node(), String.valueOf(end));
    }

    private CallException unconfirmed(Call call, AttemptException failure) {
        if (!failure.sent()) {
            abandon(ROLLED_BACK);
        }
        end(ROLLED_BACK);
        return call.transactionEnded(node(), ROLLED_BACK);
    }

    /** Whether the server says only that it waits no longer, so that the commit may still be confirmed. */
    private static boolean isUndecided(TarantoolError error) {
        return WAIT_ENDED.contains(error.type())
                || error.code() == COMMITTED_OUTSIDE
                || error.code() == QUORUM_TIMEOUT
                || error.fields().containsKey(EXPIRY);
    }

    /** How the server has ended the transaction, if the error says so. */
    private static @Nullable String rolledBackBy(TarantoolError error) {
        return switch (error.code()) {
            case CONFLICT -> "the server has rolled it back because of a conflict with another one";
            case YIELD ->
                "the server has rolled it back, because its engine keeps none open between calls: "
                        + "memtx does with memtx_use_mvcc_engine = true in box.cfg";
            case TIMEOUT -> "its time was over, and the server has rolled it back";
            default -> null;
        };
    }

    /** Ends it, and lets the server roll it back; as it was asked for, if it was. */
    private void abandon(String how) {
        if (end == null) {
            String asked = wanted;
            server.abandon();
            end(asked != null ? asked : how);
        }
    }

    /** Ends it after a request to commit, which the server may get or not. It rolls back what it then still has. */
    private void abandonUnknown() {
        if (end == null) {
            server.abandon();
            end(UNKNOWN);
        }
    }

    private void end(String how) {
        if (end == null) {
            end = how;
        }
    }

    @Override
    public String toString() {
        String how = end;
        return "transaction on " + node() + ", " + (how == null ? "open" : how);
    }
}
