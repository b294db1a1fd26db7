package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.ClientOptions;

/**
 * Makes topology sources for the URIs of one scheme. Found by {@link java.util.ServiceLoader}: name the implementation
 * in a {@code provides} line of module-info, or in a file under META-INF/services on the class path.
 */
public interface TopologyProvider {
    /** The scheme, without the colon. Case doesn't matter. */
    String scheme();

    /**
     * Makes a source. It does not connect to anything yet. If this fails otherwise than by refusing the URI, or returns null, the
     * client can't be opened, and the exception names this class.
     *
     * @param uri the whole URI, scheme included
     * @throws IllegalArgumentException if the URI is wrong; the message says what was expected
     */
    TopologySource open(String uri);

    /**
     * As {@link #open(String)}, for a source that asks the instances themselves and so needs to know how to log in.
     *
     * @param options of the client that opens it
     */
    default TopologySource open(String uri, ClientOptions options) {
        return open(uri);
    }
}
