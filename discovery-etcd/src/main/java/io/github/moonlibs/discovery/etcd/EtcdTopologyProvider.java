package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;

/** Makes topology sources for {@code etcd:} URIs; see {@link EtcdTopology#of}. */
public final class EtcdTopologyProvider implements TopologyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public EtcdTopologyProvider() {}

    @Override
    public String scheme() {
        return "etcd";
    }

    @Override
    public TopologySource open(String uri) {
        return EtcdTopology.of(uri);
    }
}
