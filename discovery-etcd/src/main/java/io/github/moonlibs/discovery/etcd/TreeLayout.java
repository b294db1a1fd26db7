package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The tree of scalars: a directory for each instance, a key for each value.
 *
 * <pre>
 * …/instances/&lt;name&gt;/cluster
 * …/instances/&lt;name&gt;/disabled
 * …/instances/&lt;name&gt;/box/listen
 * …/instances/&lt;name&gt;/box/remote_addr
 * …/clusters/&lt;cluster&gt;/master
 * </pre>
 */
final class TreeLayout {
    private static final String REMOTE = "box/remote_addr";
    private static final String LISTEN = "box/listen";

    private TreeLayout() {}

    /**
     * @param keys the values by full name
     * @param instances the directory of the instances, with a slash at its end
     * @param clusters the directory of the clusters, likewise; null: the masters are not known
     */
    static Reading read(
            SortedMap<String, String> keys, String instances, @Nullable String clusters, Selection selection) {
        Set<String> masters = clusters == null ? Set.of() : masters(keys, clusters);
        List<Instance> usable = new ArrayList<>();
        Map<String, String> unusable = new LinkedHashMap<>();
        int present = 0;
        for (Map.Entry<String, Map<String, String>> entry :
                directories(keys, instances).entrySet()) {
            String name = entry.getKey();
            Map<String, String> values = entry.getValue();
            if (isTrue(values.get("disabled"))) {
                continue;
            }
            present++;
            Map<String, String> labels = labels(name, values, masters);
            if (!selection.takes(labels)) {
                continue;
            }
            String leaf = values.containsKey(REMOTE) ? REMOTE : LISTEN;
            String address = values.get(leaf);
            try {
                if (address == null) {
                    throw new IllegalArgumentException("expected an address there or in " + REMOTE);
                }
                usable.add(new Instance(DialAddress.parse(address), name, labels));
            } catch (IllegalArgumentException e) {
                unusable.put(name, "key " + instances + name + "/" + leaf + ": " + e.getMessage());
            }
        }
        return new Reading(usable, unusable, present);
    }

    /** The values of each instance, by what comes after its name. */
    private static Map<String, Map<String, String>> directories(SortedMap<String, String> keys, String instances) {
        Map<String, Map<String, String>> directories = new LinkedHashMap<>();
        Keys.below(keys, instances).forEach((key, value) -> {
            int slash = key.indexOf('/', instances.length());
            if (slash > instances.length()) {
                directories
                        .computeIfAbsent(key.substring(instances.length(), slash), name -> new LinkedHashMap<>())
                        .put(key.substring(slash + 1), value);
            }
        });
        return directories;
    }

    /** {@code cluster/master} each; an instance without a cluster is not a master. */
    private static Set<String> masters(SortedMap<String, String> keys, String clusters) {
        Set<String> masters = new HashSet<>();
        Keys.below(keys, clusters).forEach((key, value) -> {
            if (key.endsWith("/master")) {
                masters.add(key.substring(clusters.length(), key.length() - "master".length()) + value.strip());
            }
        });
        return masters;
    }

    private static Map<String, String> labels(String name, Map<String, String> values, Set<String> masters) {
        Map<String, String> labels = new LinkedHashMap<>();
        String cluster = values.get("cluster");
        if (cluster != null) {
            labels.put("cluster", cluster.strip());
            if (masters.contains(cluster.strip() + "/" + name)) {
                labels.put("master", "true");
            }
        }
        return labels;
    }

    /** {@code true}, {@code yes} or a number other than zero; {@code "false"} is a string too, and means false. */
    private static boolean isTrue(@Nullable String value) {
        if (value == null) {
            // most instances have no such key, and an exception for each would cost more than everything else
            return false;
        }
        String text = value.strip().toLowerCase(Locale.ROOT);
        if (text.equals("true") || text.equals("yes")) {
            return true;
        }
        try {
            return Double.parseDouble(text) != 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
