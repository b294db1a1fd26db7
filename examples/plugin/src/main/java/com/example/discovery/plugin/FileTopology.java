package com.example.discovery.plugin;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows a text file with one instance per line; {@link InstanceLine} has the format. It polls the file instead of
 * using a {@code WatchService}, which misses changes on network file systems and in mounted configuration volumes.
 */
final class FileTopology implements TopologySource {
    private final Path file;
    private final Duration poll;

    FileTopology(Path file, Duration poll) {
        this.file = file;
        this.poll = poll;
    }

    @Override
    public void follow(Sink sink) throws InterruptedException {
        String lastSeen = null;
        while (true) {
            lastSeen = look(sink, lastSeen);
            Thread.sleep(poll);
        }
    }

    /**
     * Reads the file, and reports what has changed. Changes are detected by content, not by the file's time: two quick
     * changes may have the same time, and the file is small.
     */
    private String look(Sink sink, @Nullable String lastSeen) {
        String seen;
        List<Instance> instances = List.of();
        List<String> failures = new ArrayList<>();
        try {
            seen = Files.readString(file);
            instances = parse(seen, failures);
        } catch (IOException e) {
            seen = "unreadable: " + e;
            failures.add(file + ": cannot be read (" + e + "); expected a text file with one endpoint a line");
        }
        boolean isNew = !seen.equals(lastSeen);
        if (failures.isEmpty()) {
            // also if it is not new, as a confirmation: snapshots show how long ago the last one was
            sink.publish(instances);
        } else if (isNew) {
            // reported once. A file without a good line publishes nothing, so the client keeps the last good set
            if (!instances.isEmpty()) {
                sink.publish(instances);
            }
            failures.forEach(sink::failed);
        }
        return seen;
    }

    private List<Instance> parse(String text, List<String> failures) {
        List<Instance> instances = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            try {
                Instance instance = InstanceLine.parse(line);
                if (instance != null) {
                    instances.add(instance);
                }
            } catch (IllegalArgumentException e) {
                failures.add(file + ":" + number + ": " + e.getMessage());
            }
        }
        return instances;
    }

    /** Shown in snapshots and logs. */
    @Override
    public String toString() {
        return "lines:" + file;
    }
}
