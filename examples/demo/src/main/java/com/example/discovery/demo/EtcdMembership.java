package com.example.discovery.demo;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.Via;

/** The list of instances in a real etcd, as a tree of scalars. */
final class EtcdMembership implements Members {
    private static final String INSTANCES = "/demo/instances";

    private final EtcdServer server = EtcdServer.builder().via(Via.LOCAL).start();
    private final EtcdWriter etcd = new EtcdWriter(server);

    static boolean isAvailable() {
        return EtcdServer.isAvailable(Via.LOCAL);
    }

    @Override
    public void add(Member member) {
        etcd.put(directory(member) + "box/listen", member.endpoint());
    }

    @Override
    public void remove(Member member) {
        etcd.deleteBelow(directory(member));
    }

    void disable(Member member) {
        etcd.put(directory(member) + "disabled", "true");
    }

    void enable(Member member) {
        etcd.put(directory(member) + "disabled", "false");
    }

    private static String directory(Member member) {
        return INSTANCES + "/" + member.name() + "/";
    }

    @Override
    public DiscoveryClient connect() {
        return DiscoveryClient.connect("etcd://" + server.endpoint() + INSTANCES);
    }

    @Override
    public void close() {
        server.close();
    }
}
