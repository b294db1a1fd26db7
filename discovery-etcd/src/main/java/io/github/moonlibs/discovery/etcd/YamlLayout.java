package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tarantool 3's configuration: documents, merged in the order of their keys; the first one wins. Groups hold replicasets,
 * and replicasets hold instances. An option may be at any level, and the innermost one counts. What Tarantool's own loader
 * accepts is accepted here, with the same meaning.
 */
final class YamlLayout {
    /** Longer than the names that Tarantool allows, which have 63 characters at most. */
    private static final int LONGEST_NAME = 255;

    private static final int MAX_INSTANCES = 100_000;
    private static final int REPORTED = 100;
    private static final Set<String> YES = Set.of("true", "yes");
    private static final Set<String> NO = Set.of("false", "no");

    private final String place;
    private final Selection selection;
    private final Work work;
    private final List<Instance> usable = new ArrayList<>();
    private final Map<String, String> unusable = new LinkedHashMap<>();
    private final Map<String, Reading.Flaw> flaws = new LinkedHashMap<>();

    /** Where each instance is, by name. */
    private final Map<String, String> paths = new HashMap<>();

    private int present;

    /** The last map that should have held something, and does not. */
    private String hollow = "groups";

    private YamlLayout(String place, Selection selection, Work work) {
        this.place = place;
        this.selection = selection;
        this.work = work;
    }

    /**
     * @param documents by key; not empty
     * @param version the servers', for conditional sections
     * @throws MalformedException if a document cannot be read, or its structure is not that of a configuration
     */
    static Reading read(SortedMap<String, String> documents, Selection selection, String version)
            throws MalformedException, InterruptedException {
        Merged merged = new Merged();
        long characters = 0;
        for (Map.Entry<String, String> document : documents.entrySet()) {
            // it stands in the problem of each instance
            String key = "key " + Causes.shortened(document.getKey());
            characters += document.getValue().length();
            merged.addMissing(Conditions.apply(key, YamlDocument.parse(key, document.getValue()), version));
        }
        String place = "key " + Causes.shortened(documents.firstKey())
                + (documents.size() == 1 ? "" : " and those merged with it");
        return read(place, merged, characters, selection);
    }

    /** @param characters the size of what was merged */
    static Reading read(String place, Map<String, @Nullable Object> merged, long characters, Selection selection)
            throws MalformedException, InterruptedException {
        return new YamlLayout(place, selection, new Work(place, characters)).read(merged);
    }

    private record Child(String name, Map<String, @Nullable Object> options) {}

    private Reading read(Map<String, @Nullable Object> configuration) throws MalformedException, InterruptedException {
        for (Child group : children(configuration, "", "groups")) {
            String inGroup = "groups." + group.name() + ".";
            for (Child replicaset : children(group.options(), inGroup, "replicasets")) {
                String path = inGroup + "replicasets." + replicaset.name() + ".";
                List<Child> instances = children(replicaset.options(), path, "instances");
                for (Child instance : instances) {
                    Inherited options = new Inherited(
                            List.of(instance.options(), replicaset.options(), group.options(), configuration),
                            Map.of(
                                    "group_name", group.name(),
                                    "replicaset_name", replicaset.name(),
                                    "instance_name", instance.name()));
                    add(instance.name(), path + "instances." + instance.name(), options, instances.size());
                }
            }
        }
        return new Reading(usable, unusable, flaws, present, nothing());
    }

    private String nothing() {
        return paths.isEmpty()
                ? place + ": " + hollow + ": expected to find instances there"
                : place + ": each of the " + paths.size() + " instances is taken out by isolated: true";
    }

    @SuppressWarnings("unchecked") // YamlDocument makes maps of this type alone
    private List<Child> children(Map<String, @Nullable Object> parent, String path, String name)
            throws MalformedException {
        List<Child> children = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> child :
                map(parent.get(name), path + name).entrySet()) {
            String key = child.getKey();
            if (key.isEmpty() || key.length() > LONGEST_NAME) {
                throw new MalformedException(place + ": " + path + name + "." + Causes.shortened(key)
                        + ": expected a name of 1 to " + LONGEST_NAME + " characters");
            }
            children.add(new Child(key, map(child.getValue(), path + name + "." + key)));
        }
        hollow = children.isEmpty() ? path + name : hollow;
        return children;
    }

    @SuppressWarnings("unchecked") // YamlDocument makes maps of this type alone
    private Map<String, @Nullable Object> map(@Nullable Object value, String path) throws MalformedException {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new MalformedException(place + ": " + path + ": expected a map, got " + Inherited.kind(value));
    }

    private void add(String name, String path, Inherited options, int siblings)
            throws MalformedException, InterruptedException {
        work.spend(256);
        String other = paths.put(name, path);
        if (other != null) {
            throw new MalformedException(
                    place + ": expected each name of an instance once, got " + other + " and " + path);
        }
        if (paths.size() > MAX_INSTANCES) {
            throw new MalformedException(place + ": expected at most " + MAX_INSTANCES + " instances");
        }
        Map<String, String> problems = new TreeMap<>();
        if (isIsolated(options, problems)) {
            return;
        }
        present++;
        Map<String, String> labels = labels(options, problems);
        boolean master = isMaster(name, options, siblings, problems);
        labels.put("group", options.variables().getOrDefault("group_name", ""));
        labels.put("replicaset", options.variables().getOrDefault("replicaset_name", ""));
        labels.remove("master");
        if (master) {
            labels.put("master", "true");
        }
        Reading.Flaw flaw = problems.isEmpty()
                ? null
                : new Reading.Flaw(
                        Set.copyOf(problems.keySet()),
                        flaws.size() < REPORTED ? place + ": " + path + "." + first(problems) : "");
        if (!selection.takes(labels, flaw)) {
            return;
        }
        try {
            if (!selection.takes(labels)) {
                throw new Unusable(first(problems));
            }
            usable.add(new Instance(address(options), name, labels));
            if (flaw != null) {
                flaws.put(name, flaw);
            }
        } catch (IllegalArgumentException e) {
            // a configuration can be full of them, and only the first ones are reported
            unusable.put(name, unusable.size() < REPORTED ? place + ": " + path + "." + e.getMessage() : "");
        }
    }

    private static String first(Map<String, String> problems) {
        Map.Entry<String, String> first = problems.entrySet().iterator().next();
        return first.getKey() + ": " + first.getValue();
    }

    /** Such an instance closes its connections and takes no writes. */
    private static boolean isIsolated(Inherited options, Map<String, String> problems) {
        Object isolated = options.levels().getFirst().get("isolated");
        if (isolated == null || (isolated instanceof String no && NO.contains(no))) {
            return false;
        }
        if (isolated instanceof String yes && YES.contains(yes)) {
            return true;
        }
        problems.put("isolated", "expected true or false");
        return false;
    }

    /** The labels that can be used; the problems of the others, by {@code labels.<name>}. */
    private Map<String, String> labels(Inherited options, Map<String, String> problems)
            throws MalformedException, InterruptedException {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> label :
                options.all("labels", problems, work).entrySet()) {
            try {
                labels.put(options.text(label.getKey(), work), options.text(label.getValue(), work));
            } catch (IllegalArgumentException e) {
                problems.put("labels." + Causes.shortened(label.getKey()), e.getMessage());
            }
        }
        return labels;
    }

    /** The master is configured only if failover is manual (by name) or off (by mode, or by being alone). */
    private static boolean isMaster(String name, Inherited options, int siblings, Map<String, String> problems) {
        try {
            Object failover = options.get("replication", "failover");
            if ("manual".equals(failover)) {
                return name.equals(options.get("leader"));
            }
            if (failover == null || "off".equals(failover)) {
                Object mode = options.get("database", "mode");
                return mode == null ? siblings == 1 : mode.equals("rw");
            }
        } catch (IllegalArgumentException e) {
            problems.put("master", String.valueOf(e.getMessage()));
        }
        return false;
    }

    private Endpoint address(Inherited options) throws MalformedException, InterruptedException {
        Object client = options.get("iproto", "advertise", "client");
        if (client != null) {
            return parse("advertise.client", options, client, null);
        }
        Object peer = options.get("iproto", "advertise", "peer", "uri");
        if (peer != null) {
            Object transport = options.get("iproto", "advertise", "peer", "params", "transport");
            return parse("advertise.peer.uri", options, peer, transport);
        }
        if (!(options.get("iproto", "listen") instanceof List<?> listen) || listen.isEmpty()) {
            throw new Unusable("iproto.listen: expected a list of addresses, or one in advertise.client");
        }
        IllegalArgumentException problem = null;
        for (Object each : listen) {
            try {
                return each instanceof Map<?, ?> map
                        ? parse("listen", options, map.get("uri"), transport(map))
                        : parse("listen", options, each, null);
            } catch (IllegalArgumentException e) {
                problem = problem == null ? e : problem;
            }
        }
        throw problem == null ? new Unusable("iproto.listen: expected an address") : problem;
    }

    private static @Nullable Object transport(Map<?, ?> address) {
        return address.get("params") instanceof Map<?, ?> parameters ? parameters.get("transport") : null;
    }

    /** @param transport how the server speaks there; null: it isn't said */
    private Endpoint parse(String option, Inherited options, @Nullable Object uri, @Nullable Object transport)
            throws MalformedException, InterruptedException {
        work.spend(512);
        try {
            Endpoint endpoint = DialAddress.parse(options.text(uri, work));
            return transport == null
                    ? endpoint
                    : endpoint.withSecurity(DialAddress.securityOf(options.text(transport, work)));
        } catch (IllegalArgumentException e) {
            throw new Unusable("iproto." + option + ": " + e.getMessage());
        }
    }
}
