package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.core.topology.PeerList.NoPeersException;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import java.util.List;
import java.util.Set;

/** A connection to an instance that is asked for the members of its replicaset. For one thread at a time. */
final class SeedConnection implements AutoCloseable {
    private static final String BOX_INFO = "box.info";

    /** Of the server module; its answer has the form of the other one's, with the addresses that are meant for clients. */
    private static final String PEERS = "discovery.peers";

    /** A server that has no module is asked so often before it is looked for again: a server loads it after it listens. */
    private static final int ASKS_WITHOUT_MODULE = 10;

    private static final Set<Integer> NO_SUCH_PROCEDURE_OR_ACCESS_DENIED = Set.of(33, 42);

    private final Endpoint endpoint;
    private final Set<Endpoint> withModule;
    private final long timeoutNanos;
    private final Events events = new Events();
    private final Connection connection;

    /** How often it was asked without the server module in turn. */
    private int asksWithoutModule;

    private String procedure = PEERS;

    /** @param withModule where the server module has answered, on whichever connection */
    SeedConnection(Endpoint endpoint, Set<Endpoint> withModule, ClientOptions options, Transport transport)
            throws InterruptedException {
        this.endpoint = endpoint;
        this.withModule = withModule;
        this.timeoutNanos = options.discoveryTimeout().toNanos();
        this.connection = transport.connect(endpoint, options, events);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    boolean isShutdownAnnounced() {
        return events.isShutdownAnnounced;
    }

    PeerList ask() throws InterruptedException, NoPeersException {
        if (asksWithoutModule % ASKS_WITHOUT_MODULE == 0) {
            try {
                PeerList list = call(PEERS);
                withModule.add(endpoint);
                return list;
            } catch (ServerException | ConversionException | NoPeersException failed) {
                if (withModule.contains(endpoint) && !isAbsent(failed)) {
                    throw failed;
                }
                // not there, not yet, not for this user, or the application's own
                asksWithoutModule = 0;
            }
        }
        asksWithoutModule++;
        return call(BOX_INFO);
    }

    /** No other failure lets {@code box.info} stand in for a module that has answered before: it has other addresses. */
    private static boolean isAbsent(Exception failed) {
        return failed instanceof ServerException error
                && NO_SUCH_PROCEDURE_OR_ACCESS_DENIED.contains(error.error().code());
    }

    private PeerList call(String name) throws InterruptedException, NoPeersException {
        procedure = name;
        return PeerList.of(connection.call(name, List.of(), timeoutNanos), endpoint);
    }

    /** The failure of the last question, in words. */
    String describe(Exception failed) {
        return endpoint.address() + ": " + procedure + " failed: " + failed.getMessage();
    }

    @Override
    public void close() {
        connection.close();
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
