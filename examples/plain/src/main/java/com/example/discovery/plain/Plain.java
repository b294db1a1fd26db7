package com.example.discovery.plain;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Result;
import java.time.Duration;
import java.util.List;

/** Calls a replicaset at the given endpoints. */
public final class Plain {
    /** A row of the space. The server returns an array, whose values become the record's components by position. */
    public record User(long id, String name) {}

    private Plain() {}

    /**
     * Makes a few calls and prints the results.
     *
     * @param endpoints the addresses of the instances, {@code host:port} each
     */
    public static void main(String[] endpoints) throws InterruptedException {
        CallOptions options =
                CallOptions.defaults().withTimeout(Duration.ofSeconds(10)).withDeadline(Duration.ofSeconds(30));
        try (DiscoveryClient client = DiscoveryClient.builder()
                .endpoints(endpoints)
                .callOptions(options)
                .connect()) {
            if (!client.awaitMethod("users.get", 1, Duration.ofSeconds(30))) {
                System.out.println("no node serves users.get:\n" + client.topology());
                return;
            }
            System.out.println(client.call("users.get", List.of(42), User.class));

            Result all = client.call("users.list", List.of());
            System.out.println(all.getList(0, User.class).size() + " user(s)");

            try {
                // not announced as retriable, so it is sent once; its failure has the server's message
                client.call("users.insert", List.of(42, "Ann again"));
            } catch (CallException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
