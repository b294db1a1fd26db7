package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import java.util.Map;

/**
 * The instances as they were last published, by name. It belongs to the source and not to what follows it, so that it
 * outlives a follower that an Error ends. Safe to share: what is in it is immutable, and followers of the same source read
 * the same data.
 */
final class LastGood {
    private volatile Map<String, Instance> instances = Map.of();

    Map<String, Instance> get() {
        return instances;
    }

    /** @param instances not changed any more */
    void set(Map<String, Instance> instances) {
        this.instances = instances;
    }
}
