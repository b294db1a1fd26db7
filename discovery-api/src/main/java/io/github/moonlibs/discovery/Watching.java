package io.github.moonlibs.discovery;

/**
 * That a key is watched, until this or the client is closed. Thread-safe.
 *
 * @see DiscoveryClient#watch
 */
public interface Watching extends AutoCloseable {
    /** The key that is watched. */
    String key();

    /**
     * Ends it: the servers are no longer asked, and the listener isn't called again. A call of the listener that is under way
     * isn't waited for. Idempotent.
     */
    @Override
    void close();
}
