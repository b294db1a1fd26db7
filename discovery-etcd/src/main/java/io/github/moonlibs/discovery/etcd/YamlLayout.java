package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Tarantool 3's configuration: documents, merged in the order of their keys; the first one wins. Groups hold replicasets,
 * and replicasets hold instances. An option may be at any level, and the innermost one counts.
 */
final class YamlLayout {
    private final String place;
    private final Selection selection;
    private final List<Instance> usable = new ArrayList<>();
    private final Map<String, String> unusable = new LinkedHashMap<>();
    private int present;

    private YamlLayout(String place, Selection selection) {
        this.place = place;
        this.selection = selection;
    }

    /**
     * @param documents by key; not empty
     * @throws MalformedException if a document cannot be read, or its structure is not that of a configuration
     */
    static Reading read(SortedMap<String, String> documents, Selection selection) throws MalformedException {
        Map<?, ?> merged = Map.of();
        for (Map.Entry<String, String> document : documents.entrySet()) {
            merged = YamlDocument.merge(merged, YamlDocument.parse("key " + document.getKey(), document.getValue()));
        }
        String place = "key " + documents.firstKey() + (documents.size() == 1 ? "" : " and those merged with it");
        return new YamlLayout(place, selection).read(merged);
    }

    private Reading read(Map<?, ?> configuration) throws MalformedException {
        for (Map.Entry<String, Map<?, ?>> group : children(configuration, "", "groups")) {
            String inGroup = "groups." + group.getKey() + ".";
            for (Map.Entry<String, Map<?, ?>> replicaset : children(group.getValue(), inGroup, "replicasets")) {
                String path = inGroup + "replicasets." + replicaset.getKey() + ".";
                List<Map.Entry<String, Map<?, ?>>> instances = children(replicaset.getValue(), path, "instances");
                for (Map.Entry<String, Map<?, ?>> instance : instances) {
                    Names names = new Names(group.getKey(), replicaset.getKey(), instance.getKey());
                    Map<?, ?> options = configuration;
                    for (Map<?, ?> level : List.of(group.getValue(), replicaset.getValue(), instance.getValue())) {
                        options = YamlDocument.merge(level, options);
                    }
                    add(names, path + "instances." + names.instance(), options, instances.size());
                }
            }
        }
        return new Reading(usable, unusable, present);
    }

    private List<Map.Entry<String, Map<?, ?>>> children(Map<?, ?> parent, String path, String name)
            throws MalformedException {
        List<Map.Entry<String, Map<?, ?>>> children = new ArrayList<>();
        for (Map.Entry<?, ?> child : map(parent.get(name), path + name).entrySet()) {
            String key = String.valueOf(child.getKey());
            children.add(Map.entry(key, map(child.getValue(), path + name + "." + key)));
        }
        return children;
    }

    private Map<?, ?> map(@Nullable Object value, String path) throws MalformedException {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new MalformedException(place + ": " + path + ": expected a map");
    }

    private record Names(String group, String replicaset, String instance) {
        String fill(String template) {
            return template.replaceAll("\\{\\{\\s*instance_name\\s*}}", quoted(instance))
                    .replaceAll("\\{\\{\\s*replicaset_name\\s*}}", quoted(replicaset))
                    .replaceAll("\\{\\{\\s*group_name\\s*}}", quoted(group));
        }

        private static String quoted(String name) {
            return Matcher.quoteReplacement(name);
        }
    }

    private void add(Names names, String path, Map<?, ?> options, int siblings) {
        present++;
        Map<String, String> labels = new LinkedHashMap<>();
        if (options.get("labels") instanceof Map<?, ?> configured) {
            configured.forEach((name, value) -> labels.put(String.valueOf(name), String.valueOf(value)));
        }
        labels.put("group", names.group());
        labels.put("replicaset", names.replicaset());
        labels.remove("master");
        if (isMaster(names.instance(), options, siblings)) {
            labels.put("master", "true");
        }
        if (!selection.takes(labels)) {
            return;
        }
        try {
            usable.add(new Instance(address(names, options), names.instance(), labels));
        } catch (IllegalArgumentException e) {
            unusable.put(names.instance(), place + ": " + path + ".iproto." + e.getMessage());
        }
    }

    /** The master is configured only if failover is manual (by name) or off (by mode, or by being alone). */
    private static boolean isMaster(String instance, Map<?, ?> options, int siblings) {
        Object failover = at(options, "replication", "failover");
        if ("manual".equals(failover)) {
            return instance.equals(String.valueOf(options.get("leader")));
        }
        if (failover == null || "off".equals(failover)) {
            Object mode = at(options, "database", "mode");
            return mode == null ? siblings == 1 : mode.equals("rw");
        }
        return false;
    }

    private static Endpoint address(Names names, Map<?, ?> options) {
        Object client = at(options, "iproto", "advertise", "client");
        if (client != null) {
            return parse("advertise.client", names, client);
        }
        if (!(at(options, "iproto", "listen") instanceof List<?> listen) || listen.isEmpty()) {
            throw new IllegalArgumentException("listen: expected a list of addresses, or one in advertise.client");
        }
        IllegalArgumentException problem = null;
        for (Object each : listen) {
            try {
                return parse("listen", names, each instanceof Map<?, ?> map ? map.get("uri") : each);
            } catch (IllegalArgumentException e) {
                problem = problem == null ? e : problem;
            }
        }
        throw problem == null ? new IllegalArgumentException("listen: expected an address") : problem;
    }

    private static Endpoint parse(String option, Names names, @Nullable Object uri) {
        try {
            if (uri == null) {
                throw new IllegalArgumentException("expected an address under the name uri");
            }
            return DialAddress.parse(names.fill(uri.toString()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage());
        }
    }

    private static @Nullable Object at(Map<?, ?> options, String... path) {
        Object value = options;
        for (String name : path) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }
}
