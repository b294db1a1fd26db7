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
    public Caller caller(Request request) throws IOException {
        RawConnection connection = new RawConnection(endpoints.get(request.id() % endpoints.size()));
        connections.add(connection);
        byte[] bytes = request.bytes(1);
        return () -> {
            connection.send(bytes);
            connection.skipReplies(1);
            return 0;
        };
    }

    @Override
    public void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
