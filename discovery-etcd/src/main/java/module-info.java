/**
 * Topologies in etcd.
 *
 * <p>jetcd and gRPC are automatic modules, and jetcd's name is derived from the name of its file. On a module path they
 * resolve as they are: no package is split among them, and gRPC finds its parts through their META-INF/services.
 */
module io.github.moonlibs.discovery.etcd {
    requires transitive io.github.moonlibs.discovery;
    requires com.fasterxml.jackson.core;
    requires com.google.common;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.stub;
    requires java.logging;
    requires java.net.http;
    requires jetcd.grpc;
    requires org.snakeyaml.engine;
    requires static org.jspecify;

    exports io.github.moonlibs.discovery.etcd;

    provides io.github.moonlibs.discovery.spi.TopologyProvider with
            io.github.moonlibs.discovery.etcd.EtcdTopologyProvider,
            io.github.moonlibs.discovery.etcd.TarantoolFileProvider;
}
