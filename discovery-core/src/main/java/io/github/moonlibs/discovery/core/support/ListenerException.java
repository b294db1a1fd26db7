package io.github.moonlibs.discovery.core.support;

import io.github.moonlibs.discovery.AttemptException;

/**
 * What a push listener has thrown, where it looks like the failure of an attempt, which it is not: a listener may make calls of
 * its own. It passes what retries, and the caller gets the original.
 */
public final class ListenerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final AttemptException original;

    public ListenerException(AttemptException original) {
        super(null, original, false, false);
        this.original = original;
    }

    /** What the listener has thrown. */
    public AttemptException original() {
        return original;
    }
}
