package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The capacity of the servers: one thread per server writes the requests of all of its callers at once, and counts the
 * replies. The time of a turn is that of the whole batch.
 */
final class BulkContestant implements Contestant {
    private final List<RawConnection> connections = new ArrayList<>();
    private final int callers;

    BulkContestant(List<String> endpoints, int callers) throws IOException {
        this.callers = callers;
        for (String endpoint : endpoints) {
            connections.add(new RawConnection(endpoint));
        }
    }

    @Override
    public int threads(int callers) {
        return Math.min(callers, connections.size());
    }

    @Override
    public int turn(int callers) {
        return callers / threads(callers);
    }

    @Override
    public Caller caller(Request request) {
        RawConnection connection = connections.get(request.id());
        int turn = turn(callers);
        byte[] requests = request.bytes(turn);
        return () -> {
            connection.send(requests);
            connection.skipReplies(turn);
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
