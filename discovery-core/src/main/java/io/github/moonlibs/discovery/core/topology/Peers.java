package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The members of a replicaset as one of them sees them in {@code box.info}. A member's address is the one by which it was
 * asked, or else the one by which another member replicates from it. It is remembered, so that it doesn't change when
 * another member is asked. Not thread-safe.
 */
final class Peers {
    /** The answer lists no replicaset; the message says what was expected. */
    static final class NoPeersException extends Exception {
        private static final long serialVersionUID = 1;

        NoPeersException(String message) {
            super(message);
        }
    }

    /** The endpoint whose credentials and TLS hold for all members. */
    private final Endpoint model;

    private final Map<String, Endpoint> asked = new HashMap<>();
    private final Map<String, Endpoint> listed = new HashMap<>();

    /** Where the one that answered last lists the others, and who that is. */
    private final Map<String, Endpoint> said = new HashMap<>();

    private @Nullable String answerer;

    private @Nullable String replicaset;

    Peers(Endpoint model) {
        this.model = model;
    }

    /** @param from the endpoint that has answered */
    List<Instance> of(Result answer, Endpoint from) throws NoPeersException {
        Map<?, ?> info = map(answer.size() == 0 ? null : answer.get(0));
        String own = text(info.get("uuid"));
        Map<?, ?> replication = map(info.get("replication"));
        if (own == null || replication.isEmpty()) {
            throw new NoPeersException("expected {uuid = ..., replication = {...}, ...}");
        }
        requireSame(replicaset(info));
        if (!own.equals(answerer)) {
            answerer = own;
            said.clear();
        }
        // an instance that was built anew has another UUID at the same address
        asked.values().removeIf(from::equals);
        asked.put(own, from);
        Map<String, Endpoint> members = new TreeMap<>();
        for (Object member : replication.values()) {
            String uuid = text(map(member).get("uuid"));
            Endpoint peer = endpoint(text(map(map(member).get("upstream")).get("peer")));
            if (uuid != null && peer != null) {
                list(uuid, peer);
            }
            Endpoint address = uuid == null ? null : asked.getOrDefault(uuid, listed.get(uuid));
            if (uuid != null && address != null) {
                members.put(uuid, address);
            }
        }
        asked.keySet().retainAll(members.keySet());
        listed.keySet().retainAll(members.keySet());
        said.keySet().retainAll(members.keySet());
        List<Instance> instances = new ArrayList<>();
        members.forEach(
                (uuid, address) -> instances.add(new Instance(address, address.address(), Map.of("uuid", uuid))));
        return instances;
    }

    /** A member has moved if one and the same instance lists it elsewhere than before; two may name it differently. */
    private void list(String uuid, Endpoint peer) {
        Endpoint before = said.put(uuid, peer);
        if (!peer.equals(listed.get(uuid))) {
            listed.values().removeIf(peer::equals);
        }
        if (before != null && !before.equals(peer)) {
            listed.put(uuid, peer);
            asked.remove(uuid);
        } else {
            listed.putIfAbsent(uuid, peer);
        }
    }

    /** An address may have come to lead to the servers of another replicaset. */
    private void requireSame(@Nullable String uuid) throws NoPeersException {
        if (uuid == null) {
            return;
        }
        if (replicaset != null && !replicaset.equals(uuid)) {
            throw new NoPeersException("expected an instance of the replicaset " + replicaset + ", got one of " + uuid);
        }
        replicaset = uuid;
    }

    /** Before Tarantool 3 it is the cluster's UUID; since then a cluster has several replicasets, and none itself. */
    private static @Nullable String replicaset(Map<?, ?> info) {
        String uuid = text(map(info.get("replicaset")).get("uuid"));
        return uuid == null ? text(map(info.get("cluster")).get("uuid")) : uuid;
    }

    /** The endpoint of an address as servers write it; the user in it replicates, and is not the client's. */
    private @Nullable Endpoint endpoint(@Nullable String peer) {
        if (peer == null) {
            return null;
        }
        try {
            return Endpoint.parse(bare(peer))
                    .withCredentials(model.user(), model.password())
                    .withSecurity(model.security());
        } catch (IllegalArgumentException unusable) {
            return null;
        }
    }

    /** Without user and parameters. Servers before 3.2 write an IPv6 address without its brackets. */
    private static String bare(String peer) {
        int parameters = peer.indexOf('?');
        String address = parameters < 0 ? peer : peer.substring(0, parameters);
        address = address.substring(address.lastIndexOf('@') + 1);
        int port = address.lastIndexOf(':');
        boolean isBareV6 = address.indexOf(':') != port && !address.startsWith("[") && !address.startsWith("unix/:");
        return isBareV6 ? "[" + address.substring(0, port) + "]" + address.substring(port) : address;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : listed(value);
    }

    /** A table whose keys are 1, 2, 3 and so on arrives as an array. */
    private static Map<?, ?> listed(@Nullable Object value) {
        // of any keys: an array may stand where a map was expected
        Map<Object, Object> map = new HashMap<>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) != null) {
                    map.put(i + 1, list.get(i));
                }
            }
        }
        return map;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }
}
