package io.github.moonlibs.discovery.iproto.exchange;

import java.util.concurrent.TimeUnit;

/**
 * Whether the requests of a connection come in bursts, so that one that waits a moment shares its write with others. They do
 * if callers only call: the replies of one read wake many of them, and they call next. Callers that compute in between come
 * one by one: nothing comes to share a write, and the moment may last until one of them stops computing.
 *
 * <p>Its fields are plain, and several threads use them: what is lost by that is a vote of many.
 */
public final class Bursts {
    /** Two requests that are no further apart are of one burst; a write takes a fifth of that, and on a busy machine all of it. */
    private static final long CLOSE = TimeUnit.MICROSECONDS.toNanos(50);

    private static final int ALL = 1 << 16;

    /** The last {@code 2^this} requests, more or less, decide. */
    private static final int MEMORY = 4;

    private long last = System.nanoTime() - CLOSE;

    /** The part of requests that came close upon another one; {@link #ALL}: each did. */
    private int close;

    /** A request comes at this time by {@link System#nanoTime}; true if it is one of a burst, as far as it can be known. */
    public boolean includes(long now) {
        long gap = now - last;
        last = now;
        int before = close;
        close = before + ((gap < CLOSE ? ALL - before : -before) >> MEMORY);
        return before > ALL / 2;
    }
}
