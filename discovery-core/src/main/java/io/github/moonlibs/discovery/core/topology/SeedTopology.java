package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.plugins.Services;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;

/**
 * The topology that the servers know themselves: {@code seed://} and one or more endpoints of a replicaset, separated by
 * commas and written as those of {@link StaticTopology}.
 */
public final class SeedTopology implements TopologyProvider {
    private static final String SCHEME = "seed";

    /** For ServiceLoader. */
    public SeedTopology() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TopologySource open(String uri) {
        throw new IllegalArgumentException("topology: expected the client's options beside the URI " + SCHEME + "://…");
    }

    @Override
    public TopologySource open(String uri, ClientOptions options) {
        String list = uri.substring(SCHEME.length() + 1);
        String seeds = list.startsWith("//") ? list.substring(2) : list;
        Transport transport = Services.load(Transport.class).stream()
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("topology " + SCHEME + ": no transport to ask the seeds by"));
        return new SeedSource(StaticTopology.instances("seeds", seeds), options, transport);
    }
}
