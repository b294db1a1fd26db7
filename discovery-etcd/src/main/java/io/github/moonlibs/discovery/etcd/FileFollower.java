package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologySource.Sink;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Follows a configuration file by looking at it twice a second, which sees every way of replacing a file, on every file
 * system. A file that is being written can parse with a part of its content: a change counts when the file has stayed the
 * same for a second, and one that removes an instance when it has for five.
 */
final class FileFollower {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration SETTLED = Duration.ofSeconds(1);
    static final Duration SETTLED_FOR_REMOVAL = Duration.ofSeconds(5);

    private final ConfigFiles files;
    private final Selection selection;
    private final String name;
    private final Sink sink;
    private final LastGood good;
    private final Duration forRemoval;
    private List<ConfigFiles.State> seen = List.of();
    private long seenSince = System.nanoTime();
    private boolean absent;
    private boolean done;
    private String reported = "";

    /**
     * @param name of the source, for messages
     * @param forRemoval for how long a file has stayed the same when it may remove an instance
     */
    FileFollower(ConfigFiles files, Selection selection, String name, Sink sink, LastGood good, Duration forRemoval) {
        this.forRemoval = forRemoval;
        this.files = files;
        this.selection = selection;
        this.name = name;
        this.sink = sink;
        this.good = good;
    }

    /** Runs until it is interrupted. */
    void follow() throws InterruptedException {
        while (true) {
            try {
                look();
            } catch (NoSuchFileException e) {
                absent("expected a file, and there is none");
            } catch (IOException e) {
                absent("cannot be read: " + Causes.shortened(e.toString()));
            } catch (MalformedException e) {
                done = true;
                report(e.getMessage());
            } catch (RuntimeException | Error e) {
                // too little memory, or a fault of a library: it ends this round, and what is known stays
                report(name + ": this round failed: " + Causes.shortened(e.toString()));
            }
            Thread.sleep(LOOK);
        }
    }

    private void absent(String problem) {
        if (!absent) {
            absent = true;
            seen = List.of();
            seenSince = System.nanoTime();
        }
        // between the removal and the return of a file that is replaced, there is nothing to report
        if (good.get().isEmpty() || unchanged().compareTo(SETTLED) >= 0) {
            report(name + ": " + problem);
        }
    }

    private Duration unchanged() {
        return Duration.ofNanos(System.nanoTime() - seenSince);
    }

    private void look() throws IOException, MalformedException, InterruptedException {
        List<ConfigFiles.State> now = files.states();
        if (absent || !now.equals(seen)) {
            absent = false;
            seen = now;
            seenSince = System.nanoTime();
            done = false;
        }
        Duration settled = settled(now);
        if (done || settled.compareTo(SETTLED) < 0) {
            return;
        }
        ConfigFiles.Loaded loaded = files.load();
        // what it includes may be seen for the first time
        List<ConfigFiles.State> after = files.states();
        if (!after.equals(seen)) {
            boolean same = after.containsAll(seen);
            seen = after;
            if (!same || settled(after).compareTo(SETTLED) < 0) {
                seenSince = System.nanoTime();
                return;
            }
        }
        publish(YamlLayout.read(loaded.place(), loaded.configuration(), loaded.characters(), selection), settled);
    }

    /** For how long the files have been as they are. One that is older than that was not written just now. */
    private Duration settled(List<ConfigFiles.State> states) {
        Instant newest = Instant.MIN;
        for (ConfigFiles.State each : states) {
            Instant modified = each.modified().toInstant();
            newest = modified.isAfter(newest) ? modified : newest;
        }
        Duration age = Duration.between(newest, Instant.now());
        return age.compareTo(unchanged()) > 0 ? age : unchanged();
    }

    private void publish(Reading reading, Duration settled) {
        LastGood.Completed completed = good.complete(reading);
        Map<String, Instance> instances = completed.instances();
        boolean removes = !instances.keySet().containsAll(good.get().keySet());
        if (removes && settled.compareTo(forRemoval) < 0) {
            return;
        }
        done = true;
        if (!instances.isEmpty()) {
            good.set(instances);
            sink.publish(List.copyOf(instances.values()));
            report(completed.problems());
        } else if (!completed.problems().isEmpty()) {
            report(completed.problems());
        } else if (reading.present() > 0) {
            sink.publish(List.of());
            report(name + ": none of the " + reading.present() + " instances there is selected by " + selection);
        } else {
            report(reading.nothing());
        }
    }

    private void report(String problem) {
        if (!problem.isEmpty() && !problem.equals(reported)) {
            sink.failed(problem);
        }
        reported = problem;
    }
}
