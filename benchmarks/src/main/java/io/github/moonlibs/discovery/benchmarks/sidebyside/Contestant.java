package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;

/** A way to call {@code users.get} on the three instances. Closing it ends its connections. */
interface Contestant extends AutoCloseable {
    String METHOD = "users.get";
    /** How many values the method returns; the first is its argument. */
    int VALUES = 3;

    /** Makes the calls of one thread. Not thread-safe. */
    interface Caller {
        /** Makes the calls of one turn, and returns when all were answered. */
        void turn() throws Exception;
    }

    /** The caller for the thread of this number. */
    Caller caller(int number) throws Exception;

    /** How many threads make the calls of this many callers. */
    default int threads(int callers) {
        return callers;
    }

    /** How many calls a turn has with this many callers. */
    default int turn(int callers) {
        return 1;
    }

    @Override
    void close() throws IOException;

    /** Checks the reply, so that no contestant is fast because it is wrong. */
    static void check(long id, List<?> values) {
        if (values.size() != VALUES || !(values.getFirst() instanceof Number first) || first.longValue() != id) {
            throw new IllegalStateException(
                    METHOD + "(" + id + "): expected " + VALUES + " values, the first " + id + ", got " + values);
        }
    }
}
