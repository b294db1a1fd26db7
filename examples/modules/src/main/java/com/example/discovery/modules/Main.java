package com.example.discovery.modules;

import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;

/** Calls a replicaset at the given endpoints. */
public final class Main {
    private Main() {}

    /**
     * Prints one user, and then all of them.
     *
     * @param endpoints the addresses of the instances, {@code host:port} each
     */
    public static void main(String[] endpoints) {
        try (DiscoveryClient client =
                DiscoveryClient.builder().endpoints(endpoints).connect()) {
            Users users = client.bind(Users.class);
            System.out.println(users.find(42));
            System.out.println(users.find(0));
            System.out.println(users.list(Deadline.after(Duration.ofSeconds(30))));
        }
    }
}
