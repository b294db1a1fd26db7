package io.github.moonlibs.discovery.etcd;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which instances to take: those that carry all of these labels. */
record Selection(Map<String, String> labels) {
    static final Selection ALL = new Selection(Map.of());

    Selection {
        labels = Map.copyOf(labels);
    }

    boolean takes(Map<String, String> candidate) {
        return candidate.entrySet().containsAll(labels.entrySet());
    }

    /**
     * Whether a candidate is taken if the labels that cannot be read have the right values.
     *
     * @param problem null: all can be read
     */
    boolean takes(Map<String, String> candidate, Reading.@Nullable Flaw problem) {
        return takes(candidate)
                || (problem != null
                        && labels.entrySet().stream()
                                .allMatch(each -> each.getValue().equals(candidate.get(each.getKey()))
                                        || (!candidate.containsKey(each.getKey()) && problem.hides(each.getKey()))));
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
