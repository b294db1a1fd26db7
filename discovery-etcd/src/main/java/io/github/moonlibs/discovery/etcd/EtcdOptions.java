package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.EtcdTopology.Api;
import io.github.moonlibs.discovery.etcd.EtcdTopology.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to read, and from where.
 *
 * @param endpoints {@code host:port} each
 * @param tarantoolVersion the servers', for conditional sections of YAML documents
 * @param prefix starts with a slash and does not end with one; empty: the root
 */
record EtcdOptions(
        List<String> endpoints,
        String prefix,
        @Nullable String user,
        String password,
        Layout layout,
        Api api,
        String namespace,
        Selection selection,
        String tarantoolVersion,
        Duration refresh,
        @Nullable Tls tls,
        @Nullable Path cache) {

    /** PEM files. Without an authority: the JDK's; without an identity: none. Certificate and key come together. */
    record Tls(
            @Nullable Path ca,
            @Nullable Path certificate,
            @Nullable Path key) {}

    /** Identifies the topology, whichever endpoints it is read from, so that a cache file of another one is not used. */
    String identity() {
        return namespace + prefix + "/" + selection.suffix();
    }

    @Override
    public String toString() {
        return "etcd://" + String.join(",", endpoints) + identity();
    }
}
