package com.example.discovery.micrometer;

import com.sun.net.httpserver.HttpServer;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.micrometer.DiscoveryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Calls a replicaset for a while, and shows the metrics that Prometheus would read. */
public final class Metered {
    private Metered() {}

    /**
     * Makes calls, with the metrics at {@code http://127.0.0.1:PORT/metrics}, and prints them at the end.
     *
     * @param endpoints the addresses of the instances, {@code host:port} each; the system properties {@code port} (0:
     *     any) and {@code seconds} set where to listen and how long to call
     */
    public static void main(String[] endpoints) throws IOException, InterruptedException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        HttpServer server = serve(registry, Integer.getInteger("port", 0));
        URI metrics = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics");
        System.out.println("metrics at " + metrics);
        try (DiscoveryClient client = DiscoveryClient.builder()
                        .endpoints(endpoints)
                        .observer(DiscoveryMetrics.builder(registry)
                                .tag("client", "users")
                                .build())
                        .connect();
                HttpClient http = HttpClient.newHttpClient()) {
            client.awaitMethod("users.get", 1, Duration.ofSeconds(30));
            long end = System.nanoTime()
                    + Duration.ofSeconds(Integer.getInteger("seconds", 1)).toNanos();
            while (System.nanoTime() < end) {
                try {
                    client.call("users.get", List.of(42));
                } catch (CallException counted) {
                    // with its outcome
                }
                Thread.sleep(2);
            }
            String scraped = http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
            scraped.lines().filter(line -> !line.startsWith("#")).forEach(System.out::println);
            System.out.println(client.snapshot());
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer serve(PrometheusMeterRegistry registry, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/metrics", exchange -> {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }
}
