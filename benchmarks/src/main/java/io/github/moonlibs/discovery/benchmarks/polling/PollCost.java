package io.github.moonlibs.discovery.benchmarks.polling;

import io.github.moonlibs.discovery.benchmarks.RawConnection;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The cost of one poll for a real Tarantool instance that announces ten methods. A hundred clients, each with its own
 * connection, poll as often as they can.
 *
 * @param total microseconds on a core, of the whole process
 * @param transaction microseconds of its single transaction thread, which runs all Lua
 */
record PollCost(double total, double transaction) {
    private static final int METHODS = 10;
    private static final int CLIENTS = 100;
    private static final double TICK_MICROS = 10_000;
    private static final String PROCEDURE = "api.discovery";

    /** Measures, on Linux. */
    static PollCost measure(int polls) throws IOException {
        try (TarantoolServer server = TarantoolServer.start()) {
            for (int i = 0; i < METHODS; i++) {
                server.announce("users.method" + i, 100, true);
            }
            long process = (Long) Objects.requireNonNull(
                    server.eval("return require('tarantool').pid()").getFirst());
            List<RawConnection> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new RawConnection(server.endpoint()));
            }
            poll(clients, polls / 10);
            // the first thread of a process has the process's number; in Tarantool it is the transaction thread
            Path all = Path.of("/proc/" + process + "/stat");
            Path transactions = Path.of("/proc/" + process + "/task/" + process + "/stat");
            double before = micros(all);
            double transactionsBefore = micros(transactions);
            poll(clients, polls);
            PollCost cost =
                    new PollCost((micros(all) - before) / polls, (micros(transactions) - transactionsBefore) / polls);
            for (RawConnection client : clients) {
                client.close();
            }
            return cost;
        }
    }

    private static void poll(List<RawConnection> clients, int polls) throws IOException {
        byte[] request = RawConnection.requests(1, PROCEDURE);
        for (int done = 0; done < polls; done += clients.size()) {
            for (RawConnection client : clients) {
                client.send(request);
            }
            for (RawConnection client : clients) {
                client.skipReplies(1);
            }
        }
    }

    /** User and system time are the 14th and 15th field. The second, a name in parentheses, may contain spaces. */
    private static double micros(Path stat) throws IOException {
        String line = Files.readString(stat);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
    }
}
