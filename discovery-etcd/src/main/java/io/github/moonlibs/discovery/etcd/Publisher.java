package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.etcd.Session.Found;
import io.github.moonlibs.discovery.spi.TopologySource.Sink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sink what was found. No instance that still exists is lost to a malformed value: its last good address
 * stays. Whatever is wrong is told once, until it changes.
 */
final class Publisher {
    private static final int MOST_PROBLEMS = 5;

    private final EtcdOptions options;
    private final Sink sink;
    private final @Nullable CacheFile cache;
    private Map<String, Instance> good = Map.of();
    private List<Instance> saved = List.of();
    private boolean cacheDecided;
    private boolean saidEmpty;
    private String told = "";

    /** What endpoints failed at since etcd was read last: each problem is reported once until it is read again. */
    private final Set<String> away = new HashSet<>();

    Publisher(EtcdOptions options, Sink sink) {
        this.options = options;
        this.sink = sink;
        cache = options.cache() == null ? null : new CacheFile(options.cache(), options.identity());
    }

    void publish(Found found) {
        away.clear();
        String place = found.look().directories().getFirst();
        Reading reading = new Reading(List.of(), Map.of(), 0);
        if (!found.isEmpty()) {
            try {
                reading = found.look().interpret(found.keys(), options.selection());
            } catch (MalformedException e) {
                tell(e.getMessage());
                return;
            }
        }
        Map<String, Instance> instances = new LinkedHashMap<>();
        reading.instances().forEach(each -> instances.put(each.name(), each));
        String problems = keepGood(reading.unusable(), instances);
        if (instances.isEmpty()) {
            empty(place, reading, problems);
            return;
        }
        good = instances;
        cacheDecided = true;
        saidEmpty = false;
        sink.publish(List.copyOf(instances.values()));
        tell(problems);
    }

    /** Adds what was good last of those that cannot be dialled now; tells which they are, or nothing. */
    private String keepGood(Map<String, String> unusable, Map<String, Instance> instances) {
        List<String> problems = new ArrayList<>();
        unusable.forEach((name, problem) -> {
            Instance last = good.get(name);
            if (last != null) {
                instances.put(name, last);
            }
            problems.add("instance " + name + " is "
                    + (last == null ? "skipped" : "kept at " + last.endpoint().address()) + ": " + problem);
        });
        int more = problems.size() - MOST_PROBLEMS;
        return more <= 0
                ? String.join("; ", problems)
                : String.join("; ", problems.subList(0, MOST_PROBLEMS)) + "; and " + more + " more like these";
    }

    private void empty(String place, Reading reading, String problems) {
        if (!saidEmpty) {
            saidEmpty = true;
            sink.publish(List.of());
        }
        if (!problems.isEmpty()) {
            tell(problems);
        } else if (reading.present() > 0) {
            tell("etcd: " + place + ": none of the " + reading.present() + " instances there is selected by "
                    + options.selection());
        } else {
            // where there were some, the place is right, and the client tells that its last ones stay
            tell(good.isEmpty() ? "etcd: " + options + ": there is no instance; expected some in " + expected() : "");
        }
    }

    private String expected() {
        List<String> expected = new ArrayList<>();
        for (Look each : Look.places(options)) {
            expected.add(each.directories().getFirst() + " (API " + each.api() + ", layout " + each.layout() + ")");
        }
        return String.join(", ", expected);
    }

    /** Every endpoint has failed; the first time, the cache helps out. */
    void failed(List<String> problems) {
        saidEmpty = false;
        boolean isNew = away.addAll(problems);
        String problem = String.join("; ", problems);
        if (cache != null && !cacheDecided) {
            cacheDecided = true;
            problem += "; " + startFromCache(cache);
        }
        if (isNew) {
            tell(problem);
        }
    }

    private String startFromCache(CacheFile cache) {
        try {
            List<Instance> instances = cache.load();
            sink.publish(instances);
            saved = instances;
            Map<String, Instance> byName = new LinkedHashMap<>();
            instances.forEach(each -> byName.put(each.name(), each));
            good = byName;
            return "starting with the " + instances.size() + " instances of " + cache;
        } catch (MalformedException e) {
            return e.getMessage();
        } catch (IOException e) {
            return "nothing to start with in " + cache + ": " + e;
        }
    }

    /** An endpoint works after others, or itself a moment ago, did not. */
    void recovered(List<String> problems, String endpoint) {
        saidEmpty = false;
        if (away.addAll(problems)) {
            tell(String.join("; ", problems) + "; going on with " + endpoint);
        }
    }

    private void tell(String problem) {
        if (!problem.isEmpty() && !problem.equals(told)) {
            sink.failed(problem);
        }
        told = problem;
    }

    boolean hasUnusedCache() {
        return cache != null && !cacheDecided;
    }

    boolean isUnsaved() {
        return cache != null && !good.isEmpty() && !saved.equals(List.copyOf(good.values()));
    }

    /** Keeps the last good set in the file, unless it is there already. */
    void save() {
        if (cache != null && isUnsaved()) {
            saved = List.copyOf(good.values());
            try {
                cache.save(saved);
            } catch (IOException e) {
                tell(cache + " cannot be written: " + e);
            }
        }
    }
}
