package io.github.moonlibs.discovery.iproto.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Looks up host names. The system's resolver may take half a minute, cannot be interrupted and blocks the carrier of a
 * virtual thread. So a lookup runs on a daemon thread of its own, and at most one for each name: those who wait give up
 * when they like, and whoever comes back for the same name joins the lookup under way instead of piling up threads. A
 * topology may name very many hosts, so the number of these threads is bounded, and further lookups queue.
 */
final class Resolver {
    /** A process of 64 bits has room for so many, however many others it has. */
    static final int MOST_THREADS = 128;

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern LITERAL = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET + "|.*:.*");
    private static final Resolver SYSTEM = new Resolver(InetAddress::getAllByName);

    /** The system's resolver. */
    interface Lookup {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    private final Map<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();
    private final Lookup lookup;
    private final ThreadPoolExecutor threads;

    Resolver(Lookup lookup) {
        this.lookup = lookup;
        // a thread ends when there is nothing left to look up
        threads = new ThreadPoolExecutor(
                MOST_THREADS,
                MOST_THREADS,
                1,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("discovery-resolve").factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** All addresses of the host, at least one. The Java platform may remember them for a while, 30 s by default. */
    static InetAddress[] resolve(String host) throws IOException, InterruptedException {
        return SYSTEM.lookUp(host);
    }

    InetAddress[] lookUp(String host) throws IOException, InterruptedException {
        if (isLiteral(host)) {
            return new InetAddress[] {InetAddress.getByName(host)};
        }
        try {
            return underWay.computeIfAbsent(host, this::start).get();
        } catch (ExecutionException e) {
            throw new IOException(host + ": no such host", e.getCause());
        }
    }

    /** Whether the host is an address already. */
    static boolean isLiteral(String host) {
        return LITERAL.matcher(host).matches();
    }

    private CompletableFuture<InetAddress[]> start(String host) {
        CompletableFuture<InetAddress[]> addresses = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                addresses.complete(lookup.of(host));
            } catch (UnknownHostException | RuntimeException | Error e) {
                addresses.completeExceptionally(e);
            } finally {
                underWay.remove(host, addresses);
            }
        });
        return addresses;
    }
}
