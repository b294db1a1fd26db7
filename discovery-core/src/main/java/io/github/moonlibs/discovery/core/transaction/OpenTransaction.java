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
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import java.util.List;
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
public final class OpenTransaction implements Transaction {
    // by which a server says that it has rolled back
    private static final int CONFLICT = 97;
    private static final int YIELD = 154;
    private static final int TIMEOUT = 231;

    /** By this type of error a server says that it was stopped while it waited for a commit to become durable. */
    private static final String CANCELLED = "FiberIsCancelled";

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
        return new OpenTransaction(call, beginning.run(), reports);
    }

    @Override
    public Instance node() {
        return route.instance();
    }

    @Override
    public boolean isOpen() {
        return end == null && !options.deadlineFromNow().isReached();
    }

    @Override
    public Result call(String method, List<?> arguments) {
        Call call = new Call(method, null, options, System.nanoTime());
        return request(
                call,
                Asked.CALL,
                (attempt, nanos) ->
                        server.call(method, call.argumentsFor(arguments, nanos), nanos, attempt.listener()));
    }

    @Override
    public void commit() {
        request(ofItself(), Asked.COMMIT, (attempt, nanos) -> {
            server.commit(nanos);
            return true;
        });
    }

    @Override
    public void rollback() {
        lock.lock();
        try {
            if (end == null && Thread.currentThread().isInterrupted()) {
                abandon(ROLLED_BACK);
            } else if (end == null) {
                reported(ofItself(), Asked.ROLLBACK, (attempt, nanos) -> {
                    server.rollback(nanos);
                    return true;
                });
            }
        } catch (CallException noConfirmation) {
            // it rolls back by itself
        } finally {
            end(ROLLED_BACK);
            lock.unlock();
        }
    }

    /** A request that is no call of a procedure goes by the name of what the transaction was begun for. */
    private Call ofItself() {
        return new Call(begun.method(), null, options, System.nanoTime());
    }

    private <T> T request(Call call, Asked asked, OpenAttempt.Question<T> question) {
        lock.lock();
        try {
            if (end == null && call.remainingNanos(call.readClock()) <= 0) {
                abandon("its deadline came, and it is rolled back");
            }
            String how = end;
            if (how != null) {
                throw call.transactionEnded(node(), how);
            }
            if (Thread.interrupted()) {
                // ahead of the request, of which the server then knows nothing
                abandon(INTERRUPTED);
                throw call.interrupted(new InterruptedException());
            }
            return reported(call, asked, question);
        } finally {
            lock.unlock();
        }
    }

    private <T> T reported(Call call, Asked asked, OpenAttempt.Question<T> question) {
        reports.begun(call);
        Throwable failure = null;
        try {
            return ask(call, asked, question);
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
            if (asked == Asked.COMMIT) {
                end(UNKNOWN);
                throw call.commitUnknown(node());
            }
            abandon(INTERRUPTED);
            throw call.interrupted(interrupt);
        } finally {
            if (!understood) {
                // an argument that cannot be sent, what a listener throws, an Error
                abandon("a call in it was broken off on this side, and it is rolled back");
            }
        }
    }

    private CallException failed(Call call, AttemptException failure) {
        boolean isAnswered = failure.kind() == Kind.SERVER_ERROR || failure.kind() == Kind.UNREADABLE;
        String byServer = failure instanceof ServerException error ? rolledBackBy(error.error()) : null;
        if (isAnswered && byServer == null) {
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
        } else if (failure instanceof ServerException error
                && !error.error().type().equals(CANCELLED)) {
            String why = rolledBackBy(error.error());
            end(why != null ? why : "the server refused to commit it, and has rolled it back");
        } else {
            end(UNKNOWN);
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

    /** Ends it, and lets the server roll it back. */
    private void abandon(String how) {
        if (end == null) {
            server.abandon();
            end(how);
        }
    }

    private void end(String how) {
        if (end == null) {
            end = how;
            route.session().endTransaction();
            reports.closed();
        }
    }

    @Override
    public String toString() {
        String how = end;
        return "transaction on " + node() + ", " + (how == null ? "open" : how);
    }
}
