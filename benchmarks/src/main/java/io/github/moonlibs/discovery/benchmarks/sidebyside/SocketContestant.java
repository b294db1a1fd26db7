package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.RawConnection;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The least cost of a blocking call if nothing is shared: a socket for every caller, a request that is encoded in
 * advance, and no decoding.
 */
final class SocketContestant implements Contestant {
    private final List<String> endpoints;
    private final Queue<RawConnection> connections = new ConcurrentLinkedQueue<>();

    SocketContestant(List<String> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public Caller caller(int number) throws IOException {
        RawConnection connection = new RawConnection(endpoints.get(number % endpoints.size()));
        connections.add(connection);
        byte[] request = RawConnection.requests(1, METHOD, number % 128);
        return () -> {
            connection.send(request);
            connection.skipReplies(1);
        };
    }

    @Override
    public void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
