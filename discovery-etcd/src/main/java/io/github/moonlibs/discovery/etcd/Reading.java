package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What etcd's keys, or a file, say.
 *
 * @param instances those that can be dialled
 * @param unusable those that cannot be dialled, by name: which key is wrong, and what was expected there
 * @param flaws what else is wrong with instances that can be dialled, by name
 * @param present how many there are before the selection, not counting those that are taken out
 * @param nothing why there is none: the key or option that decided it; empty if it is not known
 */
record Reading(
        List<Instance> instances, Map<String, String> unusable, Map<String, Flaw> flaws, int present, String nothing) {
    /**
     * Options that could not be used.
     *
     * @param options {@code labels.<name>} for a label that was left out, {@code labels} for all of a level
     */
    record Flaw(Set<String> options, String problem) {
        /** Whether the label may be missing for it. */
        boolean hides(String label) {
            return options.contains("labels." + label) || options.contains("labels") || options.contains(label);
        }
    }

    Reading {
        instances = List.copyOf(instances);
    }
}
