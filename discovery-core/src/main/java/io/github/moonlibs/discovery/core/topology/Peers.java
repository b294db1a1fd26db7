package io.github.moonlibs.discovery.core.topology;

import static java.util.Objects.requireNonNull;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.topology.PeerList.NoPeersException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The members of a replicaset, and one address of each. What is listed is hearsay: it may be old, or an address that this
 * client can't reach, and an address may have a balancer behind it. So a member whose address is known keeps it until the
 * member has answered at another one. Not thread-safe.
 */
final class Peers {
    /** One for each member, and no address for two: it is the member's that answered there last. */
    private final Map<String, Endpoint> addresses = new TreeMap<>();

    /** By which address each member was listed last. */
    private final Map<String, Endpoint> listed = new HashMap<>();

    /** The member whose list counts. */
    private String answerer = "";

    private boolean isSelfListed;

    private @Nullable String replicaset;

    /**
     * Takes over what a member answered: its list says which members there are.
     *
     * @param from where it answered
     */
    void accept(PeerList list, Endpoint from) throws NoPeersException {
        requireSame(list.replicaset());
        answerer = list.own();
        isSelfListed = list.addresses().containsKey(answerer);
        listed.putAll(list.addresses());
        listed.keySet().retainAll(list.members());
        answered(list.own(), from);
        addresses.keySet().retainAll(list.members());
        addListed();
    }

    /**
     * Takes over that a member answered where it is listed, and where it lists the answerer, which may not list itself.
     *
     * @return false if another one answered
     */
    boolean confirm(PeerList list, Endpoint from) {
        Endpoint ofAnswerer = list.addresses().get(answerer);
        if (ofAnswerer != null && isAnswererSought()) {
            listed.put(answerer, ofAnswerer);
        }
        if (!from.equals(listed.get(list.own()))) {
            return false;
        }
        answered(list.own(), from);
        addListed();
        return true;
    }

    /** Whether the others are to say where the answerer is: it doesn't itself, and isn't where they said last. */
    private boolean isAnswererSought() {
        Endpoint address = addresses.get(answerer);
        return !isSelfListed && (address == null || !address.equals(listed.get(answerer)));
    }

    private void answered(String uuid, Endpoint from) {
        // an instance that was built anew has another UUID at the same address
        addresses.values().removeIf(from::equals);
        addresses.put(uuid, from);
    }

    /**
     * A member without an address is believed to be where it is listed. One that was there, and is listed elsewhere, gives
     * way and is believed to be there: so no address is removed, and each of a chain of moves is known at once.
     */
    private void addListed() {
        Map<Endpoint, String> holders = new HashMap<>();
        addresses.forEach((uuid, address) -> holders.put(address, uuid));
        Deque<String> without = new ArrayDeque<>(listed.keySet());
        without.removeAll(addresses.keySet());
        while (!without.isEmpty()) {
            String uuid = without.pop();
            Endpoint address = requireNonNull(listed.get(uuid));
            String holder = holders.get(address);
            if (holder == null || givesWay(holder, address)) {
                holders.put(address, uuid);
                addresses.put(uuid, address);
                if (holder != null) {
                    addresses.remove(holder);
                    without.push(holder);
                }
            }
        }
    }

    private boolean givesWay(String holder, Endpoint address) {
        Endpoint elsewhere = listed.get(holder);
        return !holder.equals(answerer) && elsewhere != null && !elsewhere.equals(address);
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

    List<Instance> instances() {
        List<Instance> instances = new ArrayList<>();
        addresses.forEach(
                (uuid, address) -> instances.add(new Instance(address, address.address(), Map.of("uuid", uuid))));
        return instances;
    }

    /** Whether it is the answerer's address; another one that leads to it may have a balancer in between. */
    boolean isOfAnswerer(Endpoint address) {
        return address.equals(addresses.get(answerer));
    }

    /**
     * Where it is worth asking, too: where members are listed that have another address. If the answerer doesn't list
     * itself, also where the others are, which list it, until it has answered where they say.
     */
    Set<Endpoint> worthAsking() {
        Set<Endpoint> worth = new LinkedHashSet<>(listed.values());
        addresses.forEach((uuid, address) -> {
            if (address.equals(listed.get(uuid))) {
                worth.remove(address);
            }
        });
        if (isAnswererSought()) {
            addresses.forEach((uuid, address) -> {
                if (!uuid.equals(answerer)) {
                    worth.add(address);
                }
            });
        }
        return worth;
    }
}
