package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import java.util.List;
import java.util.Map;

/**
 * What etcd's keys say.
 *
 * @param instances those that can be dialled
 * @param unusable those that cannot be dialled, by name: which key is wrong, and what was expected there
 * @param present how many there are before the selection, not counting disabled ones
 */
record Reading(List<Instance> instances, Map<String, String> unusable, int present) {
    Reading {
        instances = List.copyOf(instances);
    }
}
