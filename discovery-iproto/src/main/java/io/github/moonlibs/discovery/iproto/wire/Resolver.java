package io.github.moonlibs.discovery.iproto.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/**
 * Looks up host names. The system's resolver may take half a minute, cannot be interrupted and blocks the carrier of a
 * virtual thread. So a lookup runs on a daemon thread of its own, and at most one for each name: those who wait give up
 * when they like, and whoever comes back for the same name joins the lookup under way instead of piling up threads.
 */
final class Resolver {
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern LITERAL = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET + "|.*:.*");

    private static final Map<String, CompletableFuture<InetAddress[]>> UNDER_WAY = new ConcurrentHashMap<>();

    private Resolver() {}

    /** All addresses of the host, at least one. The Java platform may remember them for a while, 30 s by default. */
    static InetAddress[] resolve(String host) throws IOException, InterruptedException {
        if (isLiteral(host)) {
            return new InetAddress[] {InetAddress.getByName(host)};
        }
        try {
            return UNDER_WAY.computeIfAbsent(host, Resolver::start).get();
        } catch (ExecutionException e) {
            throw new IOException(host + ": no such host", e.getCause());
        }
    }

    /** Whether the host is an address already. */
    static boolean isLiteral(String host) {
        return LITERAL.matcher(host).matches();
    }

    private static CompletableFuture<InetAddress[]> start(String host) {
        CompletableFuture<InetAddress[]> addresses = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("discovery-resolve " + host).start(() -> {
            try {
                addresses.complete(InetAddress.getAllByName(host));
            } catch (UnknownHostException | RuntimeException | Error e) {
                addresses.completeExceptionally(e);
            } finally {
                UNDER_WAY.remove(host, addresses);
            }
        });
        return addresses;
    }
}
