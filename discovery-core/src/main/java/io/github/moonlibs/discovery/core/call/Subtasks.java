package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.support.TaskScope;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one call on connections that can only wait for their replies, each a subtask of a {@link TaskScope} that has
 * the call's deadline and ends with the call. The scope is opened with the first of them. Used by the caller's thread
 * alone.
 */
public final class Subtasks implements AutoCloseable {
    private final TaskScope.Factory scopes;
    private final Call call;
    private @Nullable TaskScope scope;

    Subtasks(TaskScope.Factory scopes, Call call) {
        this.scopes = scopes;
        this.call = call;
    }

    /**
     * Starts a request. Its outcome unparks the current thread.
     *
     * @throws InterruptedException if the thread was interrupted; nothing is sent then
     */
    PendingReply fork(Route route, String method, List<?> arguments, long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        SubtaskReply reply = new SubtaskReply(route.session().connection(), method, arguments, timeoutNanos);
        TaskScope open = scope;
        if (open == null) {
            open = scopes.open(call.deadline());
            scope = open;
        }
        open.fork("discovery-call " + SafeText.name(route.instance().name()), reply);
        return reply;
    }

    /** Interrupts the subtasks that still run, and waits for them. */
    @Override
    public void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
