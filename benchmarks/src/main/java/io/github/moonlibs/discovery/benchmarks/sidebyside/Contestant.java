package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;

/** A way to call {@code users.get} on the three instances. Closing it ends its connections. */
interface Contestant extends AutoCloseable {
    String METHOD = "users.get";
    /** How many values the method returns; the first is its argument. */
    int VALUES = 3;

    /** What one thread calls with. Not thread-safe. */
    interface Caller {
        /** Makes as many calls as a turn has, and returns when all were answered. */
        void turn() throws Exception;
    }

    /** What the thread of this number calls with. */
    Caller caller(int number) throws Exception;

    /** How many threads make what this many callers would. */
    default int threads(int callers) {
        return callers;
    }

    /** How many calls a turn has where there are this many callers. */
    default int turn(int callers) {
        return 1;
    }

    @Override
    void close() throws IOException;

    /** Returns if the reply is the right one, so that nobody gets fast by being wrong. */
    static void check(long id, List<?> values) {
        if (values.size() != VALUES || !(values.getFirst() instanceof Number first) || first.longValue() != id) {
            throw new IllegalStateException(
                    METHOD + "(" + id + "): expected " + VALUES + " values, the first " + id + ", got " + values);
        }
    }
}
