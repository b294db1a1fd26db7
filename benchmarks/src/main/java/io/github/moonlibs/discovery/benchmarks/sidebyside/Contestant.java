package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.io.IOException;

/** A way to call the procedures of the three instances. Closing it ends its connections. */
interface Contestant extends AutoCloseable {
    /** Makes the calls of one thread. Not thread-safe. */
    interface Caller {
        /**
         * Makes the calls of one turn, and returns when all were answered.
         *
         * @return the server's time at the call, if the reply has it and is decoded, or 0
         */
        long turn() throws Exception;
    }

    /** A caller for one thread. */
    Caller caller(Request request) throws Exception;

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
}
