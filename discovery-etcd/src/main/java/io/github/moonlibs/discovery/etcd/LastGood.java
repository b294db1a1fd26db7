package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The instances as they were last published, by name. It belongs to the source and not to what follows it, so that it
 * outlives a follower that an Error ends. Safe to share: what is in it is immutable, and followers of the same source read
 * the same data.
 */
final class LastGood {
    private static final int MAX_PROBLEMS = 5;

    private volatile Map<String, Instance> instances = Map.of();

    /**
     * What was read, with the last good values of what cannot be used.
     *
     * @param problems of what cannot be used; empty if there are none
     */
    record Completed(Map<String, Instance> instances, String problems) {}

    Map<String, Instance> get() {
        return instances;
    }

    /** @param instances not changed any more */
    void set(Map<String, Instance> instances) {
        this.instances = instances;
    }

    Completed complete(Reading reading) {
        Map<String, Instance> known = instances;
        Map<String, Instance> completed = new LinkedHashMap<>();
        for (Instance each : reading.instances()) {
            Reading.Flaw flaw = reading.flaws().get(each.name());
            Instance last = known.get(each.name());
            completed.put(each.name(), flaw == null || last == null ? each : withLabels(each, flaw, last));
        }
        List<String> problems = new ArrayList<>();
        reading.unusable().forEach((name, problem) -> {
            Instance last = known.get(name);
            if (last != null) {
                completed.put(name, last);
            }
            if (problems.size() < MAX_PROBLEMS) {
                problems.add("instance " + Causes.shortened(name) + " is "
                        + (last == null
                                ? "skipped"
                                : "kept at " + last.endpoint().address()) + ": " + problem);
            }
        });
        reading.flaws().values().stream()
                .limit(MAX_PROBLEMS - problems.size())
                .forEach(each -> problems.add(each.problem()));
        int more = reading.unusable().size() + reading.flaws().size() - problems.size();
        return new Completed(
                completed, String.join("; ", problems) + (more <= 0 ? "" : "; and " + more + " more like these"));
    }

    /** Labels that cannot be read now have their last good values. */
    private static Instance withLabels(Instance instance, Reading.Flaw flaw, Instance last) {
        Map<String, String> labels = new LinkedHashMap<>(instance.labels());
        last.labels().forEach((label, value) -> {
            if (flaw.hides(label)) {
                labels.putIfAbsent(label, value);
            }
        });
        return new Instance(instance.endpoint(), instance.name(), labels);
    }
}
