package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * etcd's API v2: JSON over HTTP. A watch is a long poll for the next event after an index, one for each directory; the
 * poll stays open from one {@link #awaitChange} to the next.
 */
final class StoreV2 implements Store {
    private final String endpoint;
    private final EtcdOptions options;
    private final HttpClient client;
    private final Map<String, Poll> polls = new LinkedHashMap<>();

    /** How far the watch of a directory has come. */
    private static final class Poll {
        private long next;
        private @Nullable CompletableFuture<HttpResponse<byte[]>> underWay;

        private Poll(long next) {
            this.next = next;
        }
    }

    StoreV2(String endpoint, EtcdOptions options) throws EtcdFailure {
        this.endpoint = endpoint;
        this.options = options;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(Thread::startVirtualThread);
        if (options.tls() != null) {
            builder.sslContext(context(Tls.read(options.tls())));
        }
        client = builder.build();
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
        SortedMap<String, String> keys = new TreeMap<>();
        for (String directory : directories) {
            try {
                V2Answer answer = read(directory, timeout);
                keys.putAll(answer.values());
                polls.put(directory, new Poll(answer.index() + 1));
            } catch (EtcdFailure.Denied e) {
                if (polls.isEmpty()) {
                    throw e;
                }
            }
        }
        return keys;
    }

    private V2Answer read(String directory, Duration timeout) throws EtcdFailure, InterruptedException {
        HttpRequest request = request(directory, "recursive=true&quorum=true")
                .timeout(timeout)
                .build();
        try {
            return answer(directory, client.send(request, HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public boolean awaitChange(SortedMap<String, String> keys, Duration timeout)
            throws EtcdFailure, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        boolean any = false;
        while (!any && awaitAnswer(end - System.nanoTime())) {
            for (Map.Entry<String, Poll> each : polls.entrySet()) {
                any |= take(each.getKey(), each.getValue(), keys);
            }
        }
        return any;
    }

    /** Whether a poll has ended in time. */
    private boolean awaitAnswer(long timeoutNanos) throws EtcdFailure, InterruptedException {
        polls.forEach((directory, poll) -> {
            if (poll.underWay == null) {
                HttpRequest request = request(directory, "recursive=true&wait=true&waitIndex=" + poll.next)
                        .build();
                poll.underWay = client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
            }
        });
        try {
            CompletableFuture.anyOf(
                            polls.values().stream().map(poll -> poll.underWay).toArray(CompletableFuture<?>[]::new))
                    .get(timeoutNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw unreachable(e);
        }
    }

    private boolean take(String directory, Poll poll, SortedMap<String, String> keys) throws EtcdFailure {
        if (poll.underWay == null || !poll.underWay.isDone()) {
            return false;
        }
        HttpResponse<byte[]> response = poll.underWay.getNow(null);
        poll.underWay = null;
        if (response.body().length == 0) {
            // etcd ends a poll that stayed open for long without an event; nothing was missed
            return false;
        }
        V2Answer event = answer(directory, response);
        event.applyTo(keys);
        poll.next = event.index() + 1;
        return true;
    }

    private HttpRequest.Builder request(String directory, String query) {
        String path = directory.length() == 1 ? directory : directory.substring(0, directory.length() - 1);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/v2/keys" + path, query));
        if (options.user() != null) {
            String credentials = options.user() + ":" + options.password();
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }
        return request;
    }

    private URI uri(String path, String query) {
        try {
            return new URI(options.tls() == null ? "http" : "https", endpoint, path, query, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("etcd endpoint " + endpoint + ": expected host:port", e);
        }
    }

    private V2Answer answer(String directory, HttpResponse<byte[]> response) throws EtcdFailure {
        String etcd = "etcd " + endpoint + ": ";
        int status = response.statusCode();
        V2Answer answer;
        try {
            answer = V2Answer.parse(response.body(), response.headers().firstValueAsLong("X-Etcd-Index"));
        } catch (IOException e) {
            if (status == 404) {
                throw new NotSpoken(etcd + "expected API v2, and this server does not speak it: --enable-v2"
                        + " switches it on in etcd 3.4 and 3.5");
            }
            throw new EtcdFailure(etcd + "expected JSON in the answer for " + directory + ", got status " + status
                    + " and " + response.body().length + " bytes of something else");
        }
        String user = options.user() == null ? "an anonymous client (no user is configured)" : "user " + options.user();
        switch (answer.error()) {
            case V2Answer.NONE -> {
                if (status / 100 != 2) {
                    throw new EtcdFailure(etcd + "expected an answer for " + directory + ", got status " + status);
                }
            }
            case V2Answer.NOT_FOUND -> {
                // an empty directory, which can be watched nevertheless
            }
            case V2Answer.UNAUTHORIZED ->
                throw new EtcdFailure.Denied(
                        etcd + "expected the credentials of a user that may read " + directory + ", not " + user);
            case V2Answer.INDEX_CLEARED ->
                throw new EtcdFailure.Outdated(etcd + "the watched index of " + directory + " was cleared away");
            default -> throw new EtcdFailure(etcd + "cannot read " + directory + ": " + answer.message());
        }
        return answer;
    }

    private EtcdFailure unreachable(Exception e) {
        return new EtcdFailure("etcd " + endpoint + ": cannot be reached: " + Causes.last(e));
    }

    /** The server is there, but without API v2. */
    static final class NotSpoken extends EtcdFailure {
        private static final long serialVersionUID = 1;

        NotSpoken(String message) {
            super(message);
        }
    }

    private void endPolls() {
        for (Poll poll : polls.values()) {
            if (poll.underWay != null) {
                poll.underWay.cancel(true);
            }
        }
        polls.clear();
    }

    @Override
    public void close() {
        endPolls();
        client.shutdownNow();
    }
}
