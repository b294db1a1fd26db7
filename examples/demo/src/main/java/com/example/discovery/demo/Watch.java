package com.example.discovery.demo;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Samples the traffic once per period of the display. */
final class Watch implements AutoCloseable {
    private final DiscoveryClient client;
    private final Traffic traffic;
    private final Display display;
    private final List<String> nodes;
    private final Deque<Sample> lastSecond = new ArrayDeque<>();
    private final long start;
    private final ExecutorService watcher = Executors.newSingleThreadExecutor();

    /** @param nodes the names of all instances that will take part at any time */
    Watch(DiscoveryClient client, Traffic traffic, Display display, List<String> nodes) {
        this.client = client;
        this.traffic = traffic;
        this.display = display;
        this.nodes = nodes;
        lastSecond.add(traffic.sample());
        start = lastSecond.getFirst().nanoTime();
    }

    void begin() {
        watcher.execute(this::sampleUntilClosed);
    }

    private void sampleUntilClosed() {
        try {
            while (true) {
                Thread.sleep(display.period());
                sample();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample() {
        Sample now = traffic.sample();
        lastSecond.addLast(now);
        while (lastSecond.size() > 1 + Duration.ofSeconds(1).dividedBy(display.period())) {
            lastSecond.removeFirst();
        }
        long second = Math.round((now.nanoTime() - start) / 1e9);
        display.paint(new Snapshot(second, states(), lastSecond.getFirst(), now, traffic));
    }

    private Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        nodes.forEach(node -> states.put(node, "not a member"));
        for (NodeSnapshot node : client.topology().nodes()) {
            states.put(node.instance().name(), state(node));
        }
        return states;
    }

    private static String state(NodeSnapshot node) {
        Announcement announced = node.announcement();
        if (announced == null || node.state() != NodeSnapshot.State.SERVING) {
            return node.state().toString();
        }
        return Boolean.TRUE.equals(announced.isMaster()) ? "master" : "replica";
    }

    /** Stops sampling. */
    @Override
    public void close() {
        watcher.shutdownNow();
        watcher.close();
    }
}
