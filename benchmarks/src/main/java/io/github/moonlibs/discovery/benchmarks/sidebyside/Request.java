package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.RawConnection;
import java.util.List;

/**
 * What a caller asks for, again and again. The procedures are those of {@link Instances}; each returns three values, the
 * first of which is its first argument.
 *
 * @param megabytes of the reply; 0: it is small
 */
record Request(String procedure, int id, int megabytes) {
    /** Small, and always the same. */
    static final String GET = "users.get";
    /** Small; the second value is the server's time when the call ran, in nanoseconds since 1970. */
    static final String SEEN = "users.seen";
    /** The third value has so many megabytes as the second argument says. */
    static final String LARGE = "users.large";

    private static final int VALUES = 3;

    List<Integer> arguments() {
        return megabytes == 0 ? List.of(id) : List.of(id, megabytes);
    }

    /** So many calls one after another, as bytes. */
    byte[] bytes(int calls) {
        // the floors encode numbers of one byte
        return megabytes == 0
                ? RawConnection.requests(calls, procedure, id % 128)
                : RawConnection.requests(calls, procedure, id % 128, megabytes);
    }

    /**
     * Checks the reply, so that no contestant is fast because it is wrong.
     *
     * @return the server's time, if it is in the reply, or 0
     */
    long check(List<?> values) {
        if (values.size() != VALUES || !(values.getFirst() instanceof Number first) || first.longValue() != id) {
            throw new IllegalStateException(procedure + "(" + id + "): expected " + VALUES + " values, the first " + id
                    + ", got " + values.size());
        }
        return values.get(1) instanceof Number time ? time.longValue() : 0;
    }
}
