package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks one instance of a replicaset for the others, again and again. If that instance is lost, another one is asked: first
 * the members that are known, then the seeds. While none can be asked, the last set stays. For one thread at a time.
 */
final class SeedSource implements TopologySource {
    private static final String PROCEDURE = "box.info";

    /** Of the server module; its answer has the form of the other one's, with the addresses that are meant for clients. */
    private static final String PEERS = "discovery.peers";

    private static final long INTERVAL_MILLIS = 500;

    /** A server that has no module is asked so often before it is looked for again: a server loads it after it listens. */
    private static final int ASKS_WITHOUT_MODULE = 10;

    private final List<Endpoint> seeds;
    private final ClientOptions options;
    private final Transport transport;
    private final Peers peers;

    /** The connection to the instance that is asked, while it lasts. */
    private @Nullable Connection connection;

    private @Nullable Endpoint asked;

    /** How often it was asked without the server module in turn. */
    private int asksWithoutModule;

    /** Of the present connection. */
    private Events events = new Events();

    /** What was published last. */
    private List<Instance> known = List.of();

    /** @param seeds the user, the password and TLS of the first one hold for all */
    SeedSource(List<Instance> seeds, ClientOptions options, Transport transport) {
        Endpoint first = seeds.getFirst().endpoint();
        this.seeds = seeds.stream()
                .map(seed -> seed.endpoint()
                        .withCredentials(first.user(), first.password())
                        .withSecurity(first.security()))
                .toList();
        this.options = options;
        this.transport = transport;
        this.peers = new Peers(first);
    }

    @Override
    public void follow(Sink sink) throws IOException, InterruptedException {
        try {
            while (true) {
                known = ask();
                sink.publish(known);
                if (known.stream().noneMatch(instance -> instance.endpoint().equals(asked))) {
                    // it has left the replicaset, and what it lists may be old: from now on a member is asked
                    leave();
                }
                Thread.sleep(INTERVAL_MILLIS);
            }
        } finally {
            leave();
        }
    }

    /** The answer of the first instance that gives one. */
    private List<Instance> ask() throws IOException, InterruptedException {
        List<String> failures = new ArrayList<>();
        if (events.isShutdownAnnounced) {
            // the server waits for this connection's end
            leave();
        }
        Connection present = connection;
        if (present != null && asked != null) {
            List<Instance> answer = ask(present, asked, failures);
            if (answer != null) {
                return answer;
            }
        }
        for (Endpoint endpoint : candidates()) {
            try {
                events = new Events();
                connection = transport.connect(endpoint, options, events);
                asksWithoutModule = 0;
                asked = endpoint;
                List<Instance> answer = ask(connection, endpoint, failures);
                if (answer != null) {
                    return answer;
                }
            } catch (AttemptException unreachable) {
                failures.add(String.valueOf(unreachable.getMessage()));
            }
        }
        throw new IOException("no instance says which ones there are: " + String.join("; ", failures));
    }

    private Set<Endpoint> candidates() {
        Set<Endpoint> candidates = new LinkedHashSet<>();
        known.forEach(instance -> candidates.add(instance.endpoint()));
        candidates.addAll(seeds);
        return candidates;
    }

    /** Asks over the connection, and leaves it if there is no answer: null. */
    private @Nullable List<Instance> ask(Connection over, Endpoint endpoint, List<String> failures)
            throws InterruptedException {
        boolean isAnswered = false;
        try {
            List<Instance> answer = answer(over, endpoint);
            isAnswered = true;
            return answer;
        } catch (AttemptException | ConversionException | Peers.NoPeersException failed) {
            String procedure = looksForModule() ? PEERS : PROCEDURE;
            failures.add(endpoint.address() + ": " + procedure + " failed: " + failed.getMessage());
            return null;
        } finally {
            if (!isAnswered) {
                leave();
            }
        }
    }

    private List<Instance> answer(Connection over, Endpoint endpoint)
            throws InterruptedException, Peers.NoPeersException {
        long timeout = options.discoveryTimeout().toNanos();
        if (looksForModule()) {
            try {
                return peers.of(over.call(PEERS, List.of(), timeout), endpoint);
            } catch (ServerException | ConversionException | Peers.NoPeersException without) {
                // not there, not yet, not for this user, or the application's own
                asksWithoutModule = 1;
            }
        } else {
            asksWithoutModule++;
        }
        return peers.of(over.call(PROCEDURE, List.of(), timeout), endpoint);
    }

    private boolean looksForModule() {
        return asksWithoutModule % ASKS_WITHOUT_MODULE == 0;
    }

    private void leave() {
        Connection left = connection;
        connection = null;
        asked = null;
        events = new Events();
        if (left != null) {
            left.close();
        }
    }

    @Override
    public String toString() {
        return "the servers themselves, from " + seeds.size() + (seeds.size() == 1 ? " seed" : " seeds");
    }

    private static final class Events implements Transport.Listener {
        volatile boolean isShutdownAnnounced;

        @Override
        public void closed(String reason) {
            // the next question fails
        }

        @Override
        public void shutdownAnnounced() {
            isShutdownAnnounced = true;
        }
    }
}
