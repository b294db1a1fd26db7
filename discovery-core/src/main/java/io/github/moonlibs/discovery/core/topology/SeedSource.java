package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.topology.PeerList.NoPeersException;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks one instance of a replicaset for the others, again and again. If that instance is lost, another one is asked: first
 * the members that are known, then the seeds, and last where members are listed. While none can be asked, the last set
 * stays. For one thread at a time.
 */
final class SeedSource implements TopologySource {
    private static final long INTERVAL_MILLIS = 500;

    /** An address that is worth asking is tried again after so many questions at the earliest. */
    private static final int ASKS_BETWEEN_TRIES = 10;

    private final long intervalMillis;
    private final List<Endpoint> seeds;
    private final ClientOptions options;
    private final Transport transport;
    private final Peers peers = new Peers();

    /** Where the server module has answered; a trial may add to it. */
    private final Set<Endpoint> withModule = ConcurrentHashMap.newKeySet();

    /** The addresses that were tried lately, and how many questions there had been then. */
    private final Map<Endpoint, Integer> tried = new HashMap<>();

    private int asks;

    /** To the instance that is asked, while it lasts. */
    private @Nullable SeedConnection asked;

    private @Nullable SeedTrial trial;

    /** @param seeds the user, the password and TLS of the first one hold for all */
    SeedSource(List<Instance> seeds, ClientOptions options, Transport transport) {
        this(seeds, options, transport, INTERVAL_MILLIS);
    }

    /** @param intervalMillis from one question to the next */
    SeedSource(List<Instance> seeds, ClientOptions options, Transport transport, long intervalMillis) {
        this.intervalMillis = intervalMillis;
        Endpoint first = seeds.getFirst().endpoint();
        this.seeds = seeds.stream()
                .map(seed -> seed.endpoint()
                        .withCredentials(first.user(), first.password())
                        .withSecurity(first.security()))
                .toList();
        this.options = options;
        this.transport = transport;
    }

    @Override
    public void follow(Sink sink) throws IOException, InterruptedException {
        try {
            while (true) {
                ask();
                sink.publish(peers.instances());
                pause(sink);
            }
        } finally {
            endTrial();
            leave();
        }
    }

    /** Waits for the next question, and meanwhile tries addresses that are worth asking. */
    private void pause(Sink sink) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            startTrial();
            leaveIfNoMember();
            long left = intervalMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            SeedTrial present = trial;
            if (present == null) {
                Thread.sleep(Math.max(0, left));
                return;
            }
            if (!present.isOver(left)) {
                return;
            }
            trial = null;
            if (hasFoundMember(present.answer())) {
                sink.publish(peers.instances());
            }
        }
    }

    /** Takes over the answer of the first instance that gives one. */
    private void ask() throws IOException, InterruptedException {
        asks++;
        List<String> failures = new ArrayList<>();
        if (asked != null && asked.isShutdownAnnounced()) {
            // the server waits for this connection's end
            leave();
        }
        if (asked != null && hasAnswered(asked, failures)) {
            return;
        }
        leave();
        Set<Endpoint> candidates = candidates();
        withModule.retainAll(candidates);
        for (Endpoint endpoint : candidates) {
            try {
                asked = connect(endpoint);
                if (hasAnswered(asked, failures)) {
                    return;
                }
                leave();
            } catch (AttemptException unreachable) {
                failures.add(String.valueOf(unreachable.getMessage()));
            }
        }
        throw new IOException("no instance says which ones there are: " + String.join("; ", failures));
    }

    private Set<Endpoint> candidates() {
        Set<Endpoint> candidates = new LinkedHashSet<>();
        peers.instances().forEach(instance -> candidates.add(instance.endpoint()));
        candidates.addAll(seeds);
        // hearsay, but it may be all that is left
        candidates.addAll(peers.worthAsking());
        return candidates;
    }

    private SeedConnection connect(Endpoint endpoint) throws InterruptedException {
        return new SeedConnection(endpoint, withModule, options, transport);
    }

    private boolean hasAnswered(SeedConnection connection, List<String> failures) throws InterruptedException {
        try {
            peers.accept(connection.ask(), connection.endpoint());
            return true;
        } catch (AttemptException | ConversionException | NoPeersException failed) {
            failures.add(connection.describe(failed));
            return false;
        }
    }

    /** Tries one more address that is worth asking, if none is being tried: the one whose last try is the longest ago. */
    private void startTrial() {
        if (trial != null) {
            return;
        }
        Set<Endpoint> worth = peers.worthAsking();
        tried.entrySet().removeIf(each -> isLongAgo(each.getValue()) && !worth.contains(each.getKey()));
        worth.stream()
                .filter(address -> isLongAgo(lastTry(address)))
                .min(Comparator.comparingInt(this::lastTry))
                .ifPresent(next -> {
                    tried.put(next, asks);
                    trial = new SeedTrial(() -> connect(next));
                });
    }

    /** How many questions there had been then; one that was never tried comes before all others. */
    private int lastTry(Endpoint address) {
        return tried.getOrDefault(address, -ASKS_BETWEEN_TRIES);
    }

    private boolean isLongAgo(int asksThen) {
        return asks - asksThen >= ASKS_BETWEEN_TRIES;
    }

    private void endTrial() {
        SeedTrial present = trial;
        trial = null;
        if (present != null) {
            present.close();
        }
    }

    private boolean hasFoundMember(SeedTrial.@Nullable Answer answer) {
        if (answer == null) {
            return false;
        }
        SeedConnection other = answer.connection();
        SeedConnection done = other;
        try {
            boolean isConfirmed = peers.confirm(answer.list(), other.endpoint());
            if (isConfirmed && peers.isOfAnswerer(other.endpoint())) {
                // from the seed to the same member's own address
                done = asked;
                asked = other;
            }
            return isConfirmed;
        } finally {
            if (done != null) {
                done.close();
            }
        }
    }

    private void leaveIfNoMember() {
        SeedConnection present = asked;
        if (present != null
                && peers.instances().stream()
                        .noneMatch(instance -> instance.endpoint().equals(present.endpoint()))) {
            // it has left the replicaset, and what it lists may be old: from now on a member is asked
            leave();
        }
    }

    private void leave() {
        SeedConnection left = asked;
        asked = null;
        if (left != null) {
            left.close();
        }
    }

    @Override
    public String toString() {
        return "the servers themselves, from " + seeds.size() + (seeds.size() == 1 ? " seed" : " seeds");
    }
}
