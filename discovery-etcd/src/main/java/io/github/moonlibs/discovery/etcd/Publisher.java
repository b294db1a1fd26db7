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
 * Publishes to the sink what was found. A malformed value does not remove an instance that still exists: its last good
 * address stays. A problem is reported once, until it changes.
 */
final class Publisher {
    /** An endpoint can find new words for each of its problems; beyond so many, old ones count as new. */
    private static final int MOST_AWAY = 100;

    private final EtcdOptions options;
    private final Sink sink;
    private final @Nullable CacheFile cache;
    private final LastGood good;
    private List<Instance> saved = List.of();
    private boolean cacheDecided;
    private boolean saidEmpty;
    private String reported = "";

    /** The problems of endpoints since etcd was last read. Each is reported once, until etcd is read again. */
    private final Set<String> away = new HashSet<>();

    Publisher(EtcdOptions options, Sink sink, LastGood good) {
        this.options = options;
        this.sink = sink;
        this.good = good;
        cache = options.cache() == null ? null : new CacheFile(options.cache(), options.identity());
        cacheDecided = !good.get().isEmpty();
    }

    void publish(Found found) throws InterruptedException {
        away.clear();
        String place = found.place().directories().getFirst();
        Reading reading = new Reading(List.of(), Map.of(), Map.of(), 0, "");
        if (!found.isEmpty()) {
            try {
                reading = found.place().interpret(found.keys(), options);
            } catch (MalformedException e) {
                report(e.getMessage() + cached());
                return;
            }
        }
        String cached = reading.unusable().isEmpty() ? "" : cached();
        LastGood.Completed completed = good.complete(reading);
        Map<String, Instance> instances = completed.instances();
        String problems = completed.problems() + (completed.problems().isEmpty() ? "" : cached);
        if (instances.isEmpty()) {
            empty(place, reading, problems);
            return;
        }
        good.set(instances);
        cacheDecided = true;
        saidEmpty = false;
        publish(List.copyOf(instances.values()), problems);
    }

    private void empty(String place, Reading reading, String problems) {
        String why = problems.isEmpty() ? whyEmpty(place, reading) : problems;
        if (saidEmpty) {
            report(why);
        } else {
            saidEmpty = true;
            publish(List.of(), why);
        }
    }

    private String whyEmpty(String place, Reading reading) {
        if (reading.present() == 0 && !reading.nothing().isEmpty()) {
            return reading.nothing();
        }
        if (reading.present() > 0) {
            return "etcd: " + place + ": none of the " + reading.present() + " instances there is selected by "
                    + options.selection();
        }
        // if there were some before, the place is right, and the client reports that it keeps the last ones
        return good.get().isEmpty()
                ? "etcd: " + options + ": there is no instance; expected some in " + expected()
                : "";
    }

    private void publish(List<Instance> instances, String problem) {
        if (problem.isEmpty()) {
            sink.publish(instances);
        } else {
            sink.publish(instances, problem);
        }
        reported = problem;
    }

    private String expected() {
        List<String> expected = new ArrayList<>();
        for (Place each : Place.places(options)) {
            expected.add(each.directories().getFirst() + " (API " + each.api() + ", layout " + each.layout() + ")");
        }
        return String.join(", ", expected);
    }

    /** Every endpoint has failed. The first time, the cache file is used. */
    void failed(List<String> problems) throws InterruptedException {
        saidEmpty = false;
        boolean isNew = isNew(problems);
        String problem = String.join("; ", problems);
        problem += cached();
        if (isNew) {
            report(problem);
        }
    }

    /** What can't be read now may be in the cache file, from which the first one to ask starts. Says so. */
    private String cached() throws InterruptedException {
        if (cache == null || cacheDecided) {
            return "";
        }
        cacheDecided = true;
        return "; " + startFromCache(cache);
    }

    private String startFromCache(CacheFile cache) throws InterruptedException {
        try {
            List<Instance> instances = cache.load();
            sink.publish(instances);
            saved = instances;
            Map<String, Instance> byName = new LinkedHashMap<>();
            instances.forEach(each -> byName.put(each.name(), each));
            good.set(byName);
            return "starting with the " + instances.size() + " instances of " + cache;
        } catch (MalformedException e) {
            return e.getMessage();
        } catch (IOException e) {
            return "nothing to start with in " + cache + ": " + e;
        }
    }

    /** An endpoint works after others, or the same one a moment ago, failed. */
    void recovered(List<String> problems, String endpoint) {
        saidEmpty = false;
        if (isNew(problems)) {
            report(String.join("; ", problems) + "; going on with " + endpoint);
        }
    }

    private boolean isNew(List<String> problems) {
        if (away.size() > MOST_AWAY) {
            away.clear();
        }
        return away.addAll(problems);
    }

    private void report(String problem) {
        if (!problem.isEmpty() && !problem.equals(reported)) {
            sink.failed(problem);
        }
        reported = problem;
    }

    boolean hasUnusedCache() {
        return cache != null && !cacheDecided;
    }

    boolean isUnsaved() {
        return cache != null
                && !good.get().isEmpty()
                && !saved.equals(List.copyOf(good.get().values()));
    }

    /** Writes the last good set to the file, unless it is there already. */
    void save() {
        if (cache != null && isUnsaved()) {
            saved = List.copyOf(good.get().values());
            try {
                cache.save(saved);
            } catch (IOException e) {
                report(cache + " cannot be written: " + e);
            }
        }
    }
}
