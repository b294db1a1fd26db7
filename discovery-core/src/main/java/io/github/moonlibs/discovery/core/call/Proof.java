package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.core.routing.Route;

/** What a failed attempt proves of whether the procedure was executed. */
public enum Proof {
    /** Nothing: it may have been executed. */
    NONE,

    /** No byte of the request has reached the server. */
    NOT_SENT,

    /** The server has refused the call, by an error that its announcement or the caller names. It may take the next one. */
    REFUSED,

    /** The server has no such procedure, or doesn't let the user call it, whatever it announces. */
    NOT_CALLABLE;

    private static final int NO_SUCH_PROCEDURE = 33;
    private static final int ACCESS_DENIED = 42;

    /** What is proved without asking the caller. */
    static Proof of(String method, Route route, AttemptException failure) {
        if (!failure.sent()) {
            return NOT_SENT;
        }
        if (!(failure instanceof ServerException server)) {
            return NONE;
        }
        if (route.notExecuted().contains(server.error())) {
            return REFUSED;
        }
        return names(server.error(), method) ? NOT_CALLABLE : NONE;
    }

    /** A procedure can fail by these errors, too: about something else that it has called itself. */
    private static boolean names(TarantoolError error, String method) {
        return switch (error.code()) {
            case NO_SUCH_PROCEDURE -> error.message().equals("Procedure '" + method + "' is not defined");
            case ACCESS_DENIED ->
                error.message().startsWith("Execute access to function '" + method + "' is denied for user '");
            default -> false;
        };
    }

    /** Whether it may have been executed. */
    boolean mayHaveRun() {
        return this == NONE;
    }
}
