package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one member of a replicaset says of all, in the form of {@code box.info}.
 *
 * @param own the UUID of the one that says it
 * @param replicaset the UUID of the replicaset, if it is said
 * @param members the UUIDs of all members
 * @param addresses where those are whose address is said
 */
record PeerList(String own, @Nullable String replicaset, Set<String> members, Map<String, Endpoint> addresses) {
    /** The answer lists no replicaset, or another one; the message says what was expected. */
    static final class NoPeersException extends Exception {
        private static final long serialVersionUID = 1;

        NoPeersException(String message) {
            super(message);
        }
    }

    /** @param model the endpoint whose credentials and TLS hold for all members */
    static PeerList of(Result answer, Endpoint model) throws NoPeersException {
        Map<?, ?> info = map(answer.size() == 0 ? null : answer.get(0));
        String own = text(info.get("uuid"));
        Set<String> members = new HashSet<>();
        Map<String, Endpoint> addresses = new HashMap<>();
        for (Object member : map(info.get("replication")).values()) {
            String uuid = text(map(member).get("uuid"));
            Endpoint address = endpoint(text(map(map(member).get("upstream")).get("peer")), model);
            if (uuid != null) {
                members.add(uuid);
            }
            if (uuid != null && address != null) {
                addresses.put(uuid, address);
            }
        }
        if (own == null || members.isEmpty()) {
            throw new NoPeersException("expected {uuid = ..., replication = {...}, ...}");
        }
        return new PeerList(own, replicaset(info), members, addresses);
    }

    /** Before Tarantool 3 it is the cluster's UUID; since then a cluster has several replicasets, and none itself. */
    private static @Nullable String replicaset(Map<?, ?> info) {
        String uuid = text(map(info.get("replicaset")).get("uuid"));
        return uuid == null ? text(map(info.get("cluster")).get("uuid")) : uuid;
    }

    /** The endpoint of an address as servers write it; the user in it replicates, and is not the client's. */
    private static @Nullable Endpoint endpoint(@Nullable String peer, Endpoint model) {
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
