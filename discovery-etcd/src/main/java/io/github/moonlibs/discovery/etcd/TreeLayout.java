package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
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

    private static final String CONFIG = "/config/";
    private static final List<String> LEAVES = List.of("/cluster", "/disabled", "/" + LISTEN, "/" + REMOTE);

    private TreeLayout() {}

    /**
     * @param keys the values by full name
     * @param instances the directory of the instances, with a slash at its end
     * @param clusters the directory of the clusters, likewise; null: the masters are not known
     */
    static Reading read(
            SortedMap<String, String> keys, String instances, @Nullable String clusters, Selection selection)
            throws MalformedException, InterruptedException {
        Set<String> masters = clusters == null ? Set.of() : masters(keys, clusters);
        List<Instance> usable = new ArrayList<>();
        Map<String, String> unusable = new LinkedHashMap<>();
        int present = 0;
        int disabled = 0;
        for (Map.Entry<String, Map<String, String>> entry :
                directories(keys, instances).entrySet()) {
            String name = entry.getKey();
            Map<String, String> values = entry.getValue();
            if (isTrue(values.get("disabled"))) {
                disabled++;
                continue;
            }
            present++;
            Map<String, String> labels = labels(name, values, masters);
            if (!selection.takes(labels)) {
                continue;
            }
            String leaf = values.containsKey(REMOTE) ? REMOTE : LISTEN;
            try {
                usable.add(new Instance(address(values.get(leaf)), name, labels));
            } catch (IllegalArgumentException e) {
                unusable.put(name, "key " + instances + Causes.shortened(name) + "/" + leaf + ": " + e.getMessage());
            }
        }
        checkPrefix(keys, instances, usable.isEmpty() && disabled == 0);
        String nothing = disabled == 0
                ? ""
                : "etcd: " + instances + ": each of the " + disabled
                        + " instances there is disabled by its key disabled";
        return new Reading(usable, unusable, Map.of(), present, nothing);
    }

    /** Servers can listen on several addresses, of which the first one that can be dialled is taken. */
    private static Endpoint address(@Nullable String text) {
        if (text == null) {
            throw new Unusable("expected an address there or in " + REMOTE);
        }
        boolean socket = text.startsWith("unix/:") || text.startsWith("/");
        int comma = text.length() > Inherited.LONGEST ? -1 : text.indexOf(',');
        Unusable problem = null;
        // elsewhere than in a socket's path, a comma may belong to a password
        for (String each : comma < 0 ? List.of(text) : socket ? List.of(text.split(",")) : both(text)) {
            try {
                return DialAddress.parse(each);
            } catch (IllegalArgumentException e) {
                problem = problem == null ? new Unusable(String.valueOf(e.getMessage())) : problem;
            }
        }
        throw problem == null ? new Unusable("expected an address") : problem;
    }

    private static List<String> both(String text) {
        List<String> both = new ArrayList<>(List.of(text));
        both.addAll(List.of(text.split(",")));
        return both;
    }

    /** @throws MalformedException if the instances lie in another directory, as where an application's root is given */
    private static void checkPrefix(SortedMap<String, String> keys, String instances, boolean nothing)
            throws MalformedException {
        if (nothing && instances.endsWith(CONFIG)) {
            throw new MalformedException("etcd: " + instances + " holds no instances; expected the prefix "
                    + instances.substring(0, instances.length() - CONFIG.length()) + ", if YAML documents are there");
        }
        String below = instances + "instances/";
        for (String key : Keys.below(keys, nothing ? instances : below).keySet()) {
            String meant = instancesOf(key);
            if (meant.isEmpty() || meant.equals(instances) || !(nothing || meant.equals(below))) {
                continue;
            }
            throw new MalformedException("etcd: " + instances + " holds no instances; expected the prefix "
                    + Causes.shortened(meant.length() == 1 ? meant : meant.substring(0, meant.length() - 1))
                    + ", if key " + Causes.shortened(key) + " is an instance's");
        }
    }

    /** The directory of the instances, if the key looks like one of an instance; else empty. */
    private static String instancesOf(String key) {
        for (String leaf : LEAVES) {
            if (key.endsWith(leaf)) {
                return key.substring(0, key.lastIndexOf('/', key.length() - leaf.length() - 1) + 1);
            }
        }
        return "";
    }

    /** The values of each instance, by what comes after its name. */
    private static Map<String, Map<String, String>> directories(SortedMap<String, String> keys, String instances)
            throws InterruptedException {
        Map<String, Map<String, String>> directories = new LinkedHashMap<>();
        int read = 0;
        for (Map.Entry<String, String> each : Keys.below(keys, instances).entrySet()) {
            if (++read % 1_000 == 0 && Thread.interrupted()) {
                throw new InterruptedException();
            }
            String key = each.getKey();
            int slash = key.indexOf('/', instances.length());
            if (slash > instances.length()) {
                directories
                        .computeIfAbsent(key.substring(instances.length(), slash), name -> new LinkedHashMap<>())
                        .put(key.substring(slash + 1), each.getValue());
            }
        }
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
        if (value == null || value.length() > Inherited.LONGEST) {
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
