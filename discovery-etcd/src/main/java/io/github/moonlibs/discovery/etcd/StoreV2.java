package io.github.moonlibs.discovery.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * etcd's API v2: JSON over HTTP. A watch is a long poll for the next event after an index, one for each directory; the
 * poll stays open from one {@link #awaitChange} to the next. A request for the leader, again and again, shows that the
 * member is alive.
 */
final class StoreV2 implements Store {
    private static final Duration EARLY = Duration.ofSeconds(1);

    /** After so long without any answer a read is asked for again. */
    private static final Duration READ_AGAIN = Duration.ofSeconds(1);

    private final String endpoint;
    private final EtcdOptions options;
    private final V2Rules rules;
    private final HttpClient client;
    private final Map<String, Watch> watches = new LinkedHashMap<>();
    private Heartbeat heartbeat = new Heartbeat();
    private @Nullable PollV2 hello;

    /** How far the watch of a directory has come. */
    private static final class Watch {
        private final Backoff pauses = new Backoff(new SplittableRandom());
        private long next;
        private long notBefore = System.nanoTime();
        private @Nullable PollV2 poll;

        private Watch(long next) {
            this.next = next;
        }

        private long pauseNanos() {
            return poll == null ? notBefore - System.nanoTime() : Long.MAX_VALUE;
        }
    }

    StoreV2(String endpoint, EtcdOptions options) throws EtcdFailure {
        this.endpoint = endpoint;
        this.options = options;
        rules = new V2Rules(endpoint, options);
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(StoreV2::start);
        if (options.tls() != null) {
            builder.sslContext(context(Tls.read(options.tls())));
        }
        client = builder.build();
    }

    /** An application whose virtual threads keep all carriers busy is to hear of changes nevertheless. */
    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("discovery-etcd-v2").start(task);
    }

    private static SSLContext context(Tls tls) throws EtcdFailure {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    tls.identity() == null ? null : tls.identity().getKeyManagers(),
                    tls.trust() == null ? null : tls.trust().getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new EtcdFailure("etcd: TLS: " + e);
        }
    }

    @Override
    public SortedMap<String, String> read(List<String> directories, Duration timeout)
            throws EtcdFailure, InterruptedException {
        endPolls();
        // a silent member is found out sooner than one that has much to send
        rules.checkAlive(await(hello(), Heartbeat.firstBound(timeout)));
        Heartbeat.answered();
        heartbeat = new Heartbeat();
        SortedMap<String, String> keys = new TreeMap<>();
        for (String directory : directories) {
            try {
                V2Answer answer = rules.answer(directory, awaitRead(directory, timeout));
                keys.putAll(answer.values());
                watches.put(directory, new Watch(answer.index() + 1));
            } catch (EtcdFailure.Denied e) {
                if (watches.isEmpty()) {
                    throw e;
                }
            }
        }
        return keys;
    }

    /** A quorum read that meets a change of leaders may be lost: it is asked for again, each second, beside the others. */
    private HttpResponse<byte[]> awaitRead(String directory, Duration timeout)
            throws EtcdFailure, InterruptedException {
        List<PollV2> asked = new ArrayList<>();
        long end = System.nanoTime() + timeout.toNanos();
        try {
            while (true) {
                asked.add(read(directory, timeout));
                long left = end - System.nanoTime();
                if (left <= READ_AGAIN.toNanos() || PollV2.isAnyAnswered(asked, READ_AGAIN)) {
                    return await(PollV2.first(asked), Duration.ofNanos(Math.max(0, end - System.nanoTime())), timeout);
                }
            }
        } finally {
            asked.forEach(PollV2::cancel);
        }
    }

    private PollV2 read(String directory, Duration timeout) {
        return send("/v2/keys" + path(directory), "recursive=true&quorum=true", timeout);
    }

    /** The whole answer, within the time. */
    private HttpResponse<byte[]> await(PollV2 request, Duration timeout) throws EtcdFailure, InterruptedException {
        try {
            return await(request.response(), timeout, timeout);
        } finally {
            request.cancel();
        }
    }

    /** @param bound what the time is a part of */
    private HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> response, Duration time, Duration bound)
            throws EtcdFailure, InterruptedException {
        try {
            return response.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw unreachable(e);
        } catch (TimeoutException e) {
            throw rules.silent(bound);
        }
    }

    @Override
    public boolean awaitChange(SortedMap<String, String> keys, Duration timeout)
            throws EtcdFailure, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        heartbeat.resume();
        while (true) {
            awaitAnswer(end - System.nanoTime());
            checkAlive();
            boolean any = false;
            for (Map.Entry<String, Watch> each : watches.entrySet()) {
                any |= take(each.getKey(), each.getValue(), keys);
            }
            if (any || System.nanoTime() - end >= 0) {
                return any;
            }
        }
    }

    /** Waits until a poll has ended, or there is something else to do. */
    private void awaitAnswer(long timeoutNanos) throws InterruptedException {
        List<CompletableFuture<?>> underWay = new ArrayList<>();
        long wait = heartbeat.idleNanos(timeoutNanos);
        for (Map.Entry<String, Watch> each : watches.entrySet()) {
            Watch watch = each.getValue();
            if (watch.poll == null && watch.pauseNanos() <= 0) {
                String query = "recursive=true&wait=true&waitIndex=" + watch.next;
                watch.poll = send("/v2/keys" + path(each.getKey()), query, Heartbeat.BOUND);
            }
            wait = Math.min(wait, watch.pauseNanos());
            if (watch.poll != null) {
                underWay.add(watch.poll.response());
            }
        }
        if (heartbeat.isDue()) {
            hello = hello();
            heartbeat.asked();
            wait = heartbeat.idleNanos(timeoutNanos);
        }
        if (hello != null) {
            underWay.add(hello.response());
        }
        long start = System.nanoTime();
        try {
            CompletableFuture.anyOf(underWay.toArray(CompletableFuture<?>[]::new))
                    .get(Math.max(wait, 0), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            heartbeat.waited(start, wait);
        } catch (ExecutionException e) {
            // who has failed is seen when the answers are taken
        }
    }

    private void checkAlive() throws EtcdFailure, InterruptedException {
        if (hello != null && hello.isDone()) {
            PollV2 answered = hello;
            hello = null;
            rules.checkAlive(await(answered, Duration.ZERO));
            heartbeat.heard();
        } else if (heartbeat.isSilent()) {
            throw rules.silent(Heartbeat.BOUND);
        }
    }

    private boolean take(String directory, Watch watch, SortedMap<String, String> keys)
            throws EtcdFailure, InterruptedException {
        PollV2 poll = watch.poll;
        if (poll == null) {
            return false;
        }
        if (!poll.isDone()) {
            if (poll.isLate()) {
                throw rules.silent(Heartbeat.BOUND);
            }
            return false;
        }
        watch.poll = null;
        HttpResponse<byte[]> response = await(poll, Duration.ZERO);
        if (response.statusCode() / 100 == 2 && response.body().length == 0) {
            // etcd ends a poll that stayed open for long without an event; nothing was missed
            if (poll.age().compareTo(EARLY) > 0) {
                watch.pauses.reset();
            }
            watch.notBefore = System.nanoTime() + watch.pauses.next().toNanos();
            return false;
        }
        V2Answer event = rules.answer(directory, response);
        if (event.index() < watch.next) {
            throw rules.failure("expected an event of " + directory + " since index " + watch.next + ", got one of "
                    + event.index());
        }
        watch.pauses.reset();
        event.applyTo(keys);
        watch.next = event.index() + 1;
        return true;
    }

    /** Without a leader, a member cannot serve reads, and its watches have no events. */
    private PollV2 hello() {
        return send("/v2/members/leader", null, Heartbeat.BOUND);
    }

    private static String path(String directory) {
        return directory.length() == 1 ? directory : directory.substring(0, directory.length() - 1);
    }

    private PollV2 send(String path, @Nullable String query, Duration bound) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path, query));
        if (options.user() != null) {
            String credentials = options.user() + ":" + options.password();
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }
        return new PollV2(client, request.build(), bound);
    }

    private URI uri(String path, @Nullable String query) {
        try {
            return new URI(options.tls() == null ? "http" : "https", endpoint, path, query, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("etcd endpoint " + endpoint + ": expected host:port", e);
        }
    }

    private EtcdFailure unreachable(ExecutionException e) {
        return e.getCause() instanceof BoundedBody.TooLarge large
                ? rules.failure(String.valueOf(large.getMessage()))
                : rules.failure("cannot be reached: " + Causes.last(e.getCause() == null ? e : e.getCause()));
    }

    private void endPolls() {
        for (Watch each : watches.values()) {
            if (each.poll != null) {
                each.poll.cancel();
            }
        }
        watches.clear();
        if (hello != null) {
            hello.cancel();
        }
        hello = null;
    }

    @Override
    public void close() {
        endPolls();
        client.shutdownNow();
    }
}
