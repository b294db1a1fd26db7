package com.example.discovery.threads;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A thousand calls at the same time, each on a virtual thread of its own, all under one deadline. */
public final class VirtualThreads {
    private static final int CALLS = 1_000;

    private VirtualThreads() {}

    /**
     * Makes the calls and prints how many succeeded.
     *
     * @param endpoints the addresses of the instances, {@code host:port} each
     */
    public static void main(String[] endpoints) throws InterruptedException, ExecutionException {
        CallOptions patient = CallOptions.defaults().withTimeout(Duration.ofSeconds(30));
        try (DiscoveryClient client = DiscoveryClient.builder()
                        .endpoints(endpoints)
                        .callOptions(patient)
                        .connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Deadline deadline = Deadline.after(Duration.ofSeconds(30));
            List<Future<Integer>> replies = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                // bound in the calling thread, because threads do not inherit a deadline
                replies.add(threads.submit(() -> deadline.call(
                        () -> client.call("users.get", List.of(42)).size())));
            }
            int succeeded = 0;
            for (Future<Integer> reply : replies) {
                succeeded += reply.get();
            }
            System.out.println(succeeded + " calls succeeded");
        }
    }
}
