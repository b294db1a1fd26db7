package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** The whole library: it discovers, routes, sends, waits, and decodes every value. */
final class DiscoveryContestant implements Contestant {
    private final DiscoveryClient client;

    DiscoveryContestant(List<String> endpoints, UnaryOperator<ClientOptions.Builder> more) throws InterruptedException {
        client = client(endpoints, more);
    }

    /** Once all of the instances are known to serve the procedures, which they announce together. */
    static DiscoveryClient client(List<String> endpoints, UnaryOperator<ClientOptions.Builder> more)
            throws InterruptedException {
        // with so many callers on two cores a call may take up to a second
        Duration patience = Duration.ofSeconds(60);
        ClientOptions options = more.apply(ClientOptions.builder()
                        .endpoints(endpoints.toArray(String[]::new))
                        .callOptions(CallOptions.defaults().withTimeout(patience)))
                .build();
        DiscoveryClient client = DiscoveryClient.connect(options);
        if (!client.awaitMethod(Request.GET, endpoints.size(), patience)) {
            throw new IllegalStateException("not served: " + client.topology());
        }
        return client;
    }

    @Override
    public Caller caller(Request request) {
        return () -> request.check(
                client.call(request.procedure(), request.arguments()).values());
    }

    @Override
    public void close() {
        client.close();
    }
}
