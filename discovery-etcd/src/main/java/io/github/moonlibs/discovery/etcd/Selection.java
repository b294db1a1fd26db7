package io.github.moonlibs.discovery.etcd;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which instances to take: those that carry all of these labels. */
record Selection(Map<String, String> labels) {
    static final Selection ALL = new Selection(Map.of());

    Selection {
        labels = Map.copyOf(labels);
    }

    boolean takes(Map<String, String> candidate) {
        return candidate.entrySet().containsAll(labels.entrySet());
    }

    /** The selection as the query of a URI; empty if every instance is taken. */
    String suffix() {
        return labels.isEmpty() ? "" : "?" + this;
    }

    @Override
    public String toString() {
        return new TreeMap<>(labels).entrySet().stream().map(Object::toString).collect(Collectors.joining("&"));
    }
}
