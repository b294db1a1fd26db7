package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes instances to etcd, in one of the possible ways. */
final class EtcdShelf {
    private static final String DOCUMENT = "/app/config/all";
    private static final String INSTANCES = "/app/instances/";

    private final EtcdWriter etcd;
    private final Writing writing;
    private final SortedMap<String, String> documented = new TreeMap<>();

    enum Writing {
        TREE_V3("/app/instances?api=v3"),
        TREE_V2("/app/instances?api=v2"),
        YAML("/app?layout=yaml");

        /** The rest of the library's URI, after the endpoints. */
        final String place;

        Writing(String place) {
            this.place = place;
        }
    }

    EtcdShelf(EtcdWriter etcd, Writing writing) {
        this.etcd = etcd;
        this.writing = writing;
    }

    /** Adds an instance, or changes its address. */
    EtcdShelf put(String name, TarantoolServer server) {
        switch (writing) {
            case TREE_V3 -> etcd.put(INSTANCES + name + "/box/listen", server.endpoint());
            case TREE_V2 -> etcd.putV2(INSTANCES + name + "/box/listen", server.endpoint());
            case YAML -> {
                documented.put(name, server.endpoint());
                document();
            }
        }
        return this;
    }

    void remove(String name) {
        switch (writing) {
            case TREE_V3 -> etcd.deleteBelow(INSTANCES + name + "/");
            case TREE_V2 -> etcd.deleteV2(INSTANCES + name);
            case YAML -> {
                documented.remove(name);
                document();
            }
        }
    }

    void disabled(String name, String value) {
        switch (writing) {
            case TREE_V3 -> etcd.put(INSTANCES + name + "/disabled", value);
            case TREE_V2 -> etcd.putV2(INSTANCES + name + "/disabled", value);
            case YAML -> throw new IllegalArgumentException("a YAML configuration cannot disable an instance");
        }
    }

    private void document() {
        etcd.put(
                DOCUMENT,
                documented.entrySet().stream()
                        .map(EtcdShelf::entry)
                        .collect(Collectors.joining(", ", "groups: {g: {replicasets: {r: {instances: {", "}}}}}\n")));
    }

    private static String entry(Map.Entry<String, String> instance) {
        return instance.getKey() + ": {iproto: {advertise: {client: '" + instance.getValue() + "'}}}";
    }
}
