package io.github.moonlibs.discovery.benchmarks.memory;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The reachable objects on this process's heap.
 *
 * @param bytes by class
 */
record Heap(Map<String, Long> bytes) {
    /** The class that holds the frames of virtual threads that are not running. */
    private static final String STACK = "jdk.internal.vm.StackChunk";

    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

    /** Collects all garbage, and counts the rest, like {@code jcmd PID GC.class_histogram}. */
    static Heap now() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Long> bytes = new HashMap<>();
        histogram
                .lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> bytes.merge(line.group(2), Long.valueOf(line.group(1)), Long::sum));
        return new Heap(bytes);
    }

    Heap since(Heap before) {
        Map<String, Long> more = new HashMap<>(bytes);
        before.bytes.forEach((type, old) -> more.merge(type, -old, Long::sum));
        return new Heap(more);
    }

    long total() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    long stacks() {
        return bytes.getOrDefault(STACK, 0L);
    }
}
