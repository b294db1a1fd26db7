package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A configuration, and what a person expects of it. Read from a text whose lines begin with
 *
 * <ul>
 *   <li>{@code ===} and the case's name,
 *   <li>{@code from:} and the prefix, with parameters,
 *   <li>{@code @} and a key with its value after an equals sign, or in the lines below,
 *   <li>{@code =>} and an instance: its name, its address, {@code master} if it is one, labels that it has,
 *   <li>{@code !!} and a part of the report.
 * </ul>
 */
record TopologyCase(
        String name, String from, SortedMap<String, String> keys, List<String> expected, List<String> reports) {
    private TopologyCase(String name) {
        this(name, "", new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
    }

    private TopologyCase from(String from) {
        return new TopologyCase(name, from, keys, expected, reports);
    }

    static List<TopologyCase> read(String resource) {
        List<TopologyCase> cases = new ArrayList<>();
        String key = "";
        for (String line : text(resource).lines().toList()) {
            if (line.startsWith("=== ")) {
                cases.add(new TopologyCase(line.substring(4)));
                key = "";
            } else if (line.startsWith("from: ")) {
                cases.set(cases.size() - 1, cases.getLast().from(line.substring(6)));
            } else if (line.startsWith("@ ")) {
                int equals = line.indexOf(" = ");
                key = line.substring(2, equals < 0 ? line.length() : equals);
                cases.getLast().keys.put(key, equals < 0 ? "" : line.substring(equals + 3));
            } else if (line.startsWith("=> ")) {
                cases.getLast().expected.add(line.substring(3));
            } else if (line.startsWith("!! ")) {
                cases.getLast().reports.add(line.substring(3));
            } else if (!key.isEmpty() && !line.startsWith("# ") && !line.isEmpty()) {
                cases.getLast().keys.merge(key, line + "\n", String::concat);
            }
        }
        return cases;
    }

    private static String text(String resource) {
        try (InputStream in = TopologyCase.class.getResourceAsStream("/topologies/" + resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EtcdOptions options(String endpoint, String parameter) {
        return EtcdUri.parse("etcd://" + endpoint + from + (from.contains("?") ? "&" : "?") + parameter)
                .options();
    }

    /** The first name of the prefix. */
    String top() {
        int end = from.indexOf('/', 1);
        return end < 0 ? from : from.substring(0, end);
    }

    /** Whether these are the labels of the last part of an expected line. */
    static boolean hasLabels(String[] words, Map<String, String> labels) {
        boolean master = false;
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 0) {
                master = true;
            } else if (!words[i].substring(equals + 1).equals(labels.get(words[i].substring(0, equals)))) {
                return false;
            }
        }
        return master == labels.containsKey("master");
    }

    @Override
    public String toString() {
        return name;
    }
}
