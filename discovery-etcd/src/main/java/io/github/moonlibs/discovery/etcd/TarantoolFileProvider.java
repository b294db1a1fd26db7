package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;

/** Makes topology sources for {@code file:} URIs; see {@link TarantoolFile#of(String)}. */
public final class TarantoolFileProvider implements TopologyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TarantoolFileProvider() {}

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public TopologySource open(String uri) {
        return TarantoolFile.of(uri);
    }
}
