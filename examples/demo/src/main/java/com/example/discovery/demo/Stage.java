package com.example.discovery.demo;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RoutingSnapshot;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs one scene after another, and checks each. */
final class Stage {
    private static final Duration SCENE = Duration.ofSeconds(5);
    /** The time for calls in flight to end, and for paused threads to notice a change. */
    private static final Duration SETTLE = Duration.ofMillis(500);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DiscoveryClient client;
    private final Traffic traffic;
    private final Display display;
    private boolean asExpected = true;

    Stage(DiscoveryClient client, Traffic traffic, Display display) {
        this.client = client;
        this.traffic = traffic;
        this.display = display;
    }

    /** Begins a scene with a change. */
    void scene(String title, Runnable change) {
        display.scene(title);
        change.run();
    }

    /** Waits until the client routes calls to these nodes, then checks for a while that they, and no others, serve. */
    void servedBy(String master, String... nodes) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()
                && !(routed(Method.INSERT).equals(Set.of(master))
                        && routed(Method.GET).equals(Set.of(nodes)))) {
            Thread.sleep(1);
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        display.event("%d ms later: inserts to %s, other calls to %s"
                .formatted(millis, routed(Method.INSERT), routed(Method.GET)));
        Thread.sleep(SETTLE);
        Sample before = traffic.sample();
        Thread.sleep(SCENE);
        Sample after = traffic.sample();
        check(Method.INSERT, after.nodesSince(before, Method.INSERT), Set.of(master));
        check(Method.GET, after.nodesSince(before, Method.GET), Set.of(nodes));
    }

    private void check(Method method, Set<String> serving, Set<String> expected) {
        if (!serving.equals(expected)) {
            asExpected = false;
            display.event("UNEXPECTED: %s was served by %s, not by %s".formatted(method.procedure, serving, expected));
        }
    }

    private Set<String> routed(Method method) {
        return client.routing().routes(method.procedure).stream()
                .map(RoutingSnapshot.Route::node)
                .map(node -> node.name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether every scene was served as expected. */
    boolean asExpected() {
        return asExpected;
    }
}
