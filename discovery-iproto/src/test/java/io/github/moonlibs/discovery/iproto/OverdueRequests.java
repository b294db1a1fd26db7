package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls a server that does not read, until the requests of calls that are over would fill the heap; a program of its own. */
public final class OverdueRequests {
    private OverdueRequests() {}

    /**
     * Runs in a JVM of its own, with a small heap.
     *
     * @param args the endpoint to call
     */
    public static void main(String[] args) throws Exception {
        byte[] large = new byte[1 << 20];
        long most = Runtime.getRuntime().maxMemory();
        int timeouts = 0;
        try (Transport.Connection connection = new Owner().connect(Endpoint.parse(args[0]))) {
            for (long sent = 0; sent < 2 * most; sent += large.length) {
                try {
                    connection.call("f", List.of(large), TimeUnit.MILLISECONDS.toNanos(1));
                } catch (AttemptException e) {
                    timeouts += e.kind() == AttemptException.Kind.TIMEOUT ? 1 : 0;
                }
            }
            System.out.println(timeouts * (long) large.length >= 2 * most ? "all timed out" : timeouts + " timed out");
        }
        System.exit(0);
    }
}
