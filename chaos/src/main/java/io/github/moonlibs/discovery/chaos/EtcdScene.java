package io.github.moonlibs.discovery.chaos;

import static java.util.stream.Collectors.joining;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.DiscoveryException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.testkit.EtcdCluster;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Three members of etcd, three Tarantools, and a client with callers, whose topology is a tree in that etcd. The third
 * Tarantool is added and removed in turn; the other two are always there.
 */
final class EtcdScene implements AutoCloseable {
    private static final int CALLERS = 8;
    private static final String INSTANCES = "/app/instances/";
    private static final List<String> NAMES = List.of("one", "two", "three");

    private final String api;
    private final EtcdCluster cluster;
    private final EtcdWriter writer;
    private final List<TarantoolServer> servers = new ArrayList<>();
    private final Publications publications = new Publications();
    private final DiscoveryClient client;
    private final List<Thread> callers = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger noise = new AtomicInteger();
    private volatile boolean isOver;
    private boolean hasThird;
    private EtcdServer watched;
    private long troubledNanos;
    private @Nullable Long writtenNanos;

    EtcdScene(EtcdTrouble trouble, String api, Path folder) throws Exception {
        this.api = api;
        cluster = trouble.cluster(folder).startCluster(3);
        watched = cluster.members().getFirst();
        writer = new EtcdWriter(watched).awaitHealth();
        for (int i = 0; i < NAMES.size(); i++) {
            servers.add(TarantoolServer.start().announce("m", 1, true));
        }
        putBoth();
        trouble.prepare(this);
        String endpoints = cluster.members().stream().map(EtcdServer::endpoint).collect(joining(","));
        client = DiscoveryClient.builder()
                .topology("etcd://" + endpoints + "/app/instances?api=" + api + trouble.parameters(api))
                .observer(publications)
                .connect();
        Waiting.until("both serve", () -> client.routing().routes("m").size() == 2);
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Thread.ofVirtual().start(this::call));
        }
    }

    private void call() {
        while (!isOver) {
            try {
                client.call("m", List.of());
                calls.incrementAndGet();
                Thread.sleep(5);
            } catch (DiscoveryException failure) {
                failures.add(String.valueOf(failure.getMessage()));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What was published, and what failed, and when. */
    private static final class Publications implements ClientObserver {
        private final Set<String> names = new HashSet<>();
        private final List<Event> events = new CopyOnWriteArrayList<>();

        @Override
        public void topologyChanged(TopologyChanged event) {
            synchronized (names) {
                event.removed().stream().map(Instance::name).forEach(names::remove);
                event.added().stream().map(Instance::name).forEach(names::add);
                events.add(new Event(Set.copyOf(names), "", System.nanoTime()));
            }
        }

        @Override
        public void topologyFailed(TopologyFailed event) {
            events.add(new Event(Set.of(), event.message(), System.nanoTime()));
        }

        private Event awaited(String what, Predicate<Event> event) {
            Waiting.until(() -> what + " in " + events, () -> events.stream().anyMatch(event));
            return events.stream().filter(event).findFirst().orElseThrow();
        }
    }

    /** @param failure empty if it was a success */
    private record Event(Set<String> names, String failure, long nanos) {}

    String api() {
        return api;
    }

    EtcdCluster cluster() {
        return cluster;
    }

    EtcdWriter writer() {
        return writer;
    }

    /** The member that the client follows; it was followed when the trouble began. */
    EtcdServer watched() {
        return watched;
    }

    private void put(EtcdWriter over, String key, String value) {
        if (api.equals("v3")) {
            over.put(INSTANCES + key, value);
        } else {
            over.putV2(INSTANCES + key, value);
        }
    }

    /** Writes both of the instances that are always there. */
    void putBoth() {
        for (int i = 0; i < 2; i++) {
            put(writer, NAMES.get(i) + "/box/listen", servers.get(i).endpoint());
        }
        hasThird = false;
    }

    /** The store is empty: writes all that is to be there, and the third instance or not, in turn. */
    void writeAnew() {
        boolean withThird = !hasThird;
        putBoth();
        if (withThird) {
            write();
        } else {
            writtenNanos = System.nanoTime();
        }
    }

    /** Writes so often something that changes no instance, several times at once. */
    void putNoise(int times) {
        noise.set(0);
        IntStream.range(0, times).parallel().forEach(i -> {
            put(writer, "one/noise", Integer.toString(i));
            noise.incrementAndGet();
        });
    }

    /** Waits until so much of it has been written. */
    void awaitNoise(int times) {
        Waiting.until("noise", () -> noise.get() >= times);
    }

    /** As {@link #write()}, over a member that the client does not follow. */
    void writeOverAnother() {
        List<EtcdServer> members = cluster.members();
        EtcdServer another = members.get(members.indexOf(watched) == 0 ? 1 : 0);
        write(new EtcdWriter(another).awaitHealth());
    }

    private void write(EtcdWriter over) {
        String third = INSTANCES + NAMES.get(2);
        if (!hasThird) {
            put(over, NAMES.get(2) + "/box/listen", servers.get(2).endpoint());
        } else if (api.equals("v3")) {
            over.deleteBelow(third + "/");
        } else {
            over.deleteV2(third);
        }
        hasThird = !hasThird;
        writtenNanos = System.nanoTime();
    }

    /** Adds the third instance, or removes it. */
    void write() {
        write(writer);
    }

    /** Waits until a member is followed, and the last write has been served by callers. */
    void settle() {
        watched = cluster.watched();
        int nodes = hasThird ? 3 : 2;
        Waiting.until(
                () -> nodes + " of " + client.topology(),
                () -> client.routing().routes("m").size() == nodes);
        publications.events.clear();
        troubled();
    }

    /** The trouble begins now. */
    void troubled() {
        troubledNanos = System.nanoTime();
    }

    /** Waits until a failure of this kind was reported. */
    void awaitFailure(String part) {
        publications.awaited(part, event -> event.failure().contains(part));
    }

    /** How long after its write the last change was published. */
    long publishedAfter() {
        Set<String> expected = new HashSet<>(NAMES.subList(0, hasThird ? 3 : 2));
        long since = writtenNanos == null ? troubledNanos : writtenNanos;
        Event event = publications.awaited(
                "published " + expected,
                each -> each.failure().isEmpty() && each.names().equals(expected) && each.nanos() > troubledNanos);
        return Math.max(0, event.nanos() - since);
    }

    /** How long after the trouble the member that was followed was left, if it was. */
    OptionalLong leftAfter() {
        return publications.events.stream()
                .filter(event -> event.failure().contains(watched.endpoint()))
                .mapToLong(event -> event.nanos() - troubledNanos)
                .findFirst();
    }

    /** Ends the calls, and returns what failed. */
    List<String> endCalls() {
        isOver = true;
        callers.forEach(EtcdScene::join);
        return failures.stream().distinct().limit(3).toList();
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long calls() {
        return calls.get();
    }

    @Override
    public void close() {
        isOver = true;
        client.close();
        servers.forEach(TarantoolServer::close);
        cluster.close();
    }
}
