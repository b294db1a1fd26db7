package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the servers have to give: one thread for each of them writes the requests of all of its callers at once, and
 * counts the replies. A turn's time is that of the whole batch.
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
    public Caller caller(int number) {
        RawConnection connection = connections.get(number);
        int turn = turn(callers);
        byte[] requests = RawConnection.requests(turn, METHOD, number);
        return () -> {
            connection.send(requests);
            connection.skipReplies(turn);
        };
    }

    @Override
    public void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
