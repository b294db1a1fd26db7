package io.github.moonlibs.discovery.etcd;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A request under way, from when it is sent to the end of its answer's body. A poll's answer has headers at once, and a
 * body when there is an event: how long the headers and the body take is bounded, and how long there is none is not.
 */
final class PollV2 {
    static final int MAX_BODY = 64 << 20;

    private final CompletableFuture<HttpResponse<byte[]>> response;
    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private final long sent = System.nanoTime();
    private final long boundNanos;
    private volatile long begun;
    private volatile boolean hasHeaders;
    private volatile boolean hasBegun;

    /** @param bound for the headers, and for the body once it has begun */
    PollV2(HttpClient client, HttpRequest request, Duration bound) {
        boundNanos = bound.toNanos();
        response = client.sendAsync(request, headers -> {
            hasHeaders = true;
            answered.complete(true);
            return new BoundedBody(MAX_BODY, () -> {
                begun = System.nanoTime();
                hasBegun = true;
            });
        });
    }

    CompletableFuture<HttpResponse<byte[]>> response() {
        return response;
    }

    /** Waits for the headers of one of them, or for its failure. */
    static boolean isAnyAnswered(List<PollV2> polls, Duration time) throws InterruptedException {
        CompletableFuture<?>[] answers = polls.stream()
                .flatMap(each -> Stream.of(each.answered, each.response))
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.anyOf(answers).get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** The first answer to come, or failure. */
    static CompletableFuture<HttpResponse<byte[]>> first(List<PollV2> polls) {
        return polls.stream()
                .map(PollV2::response)
                .reduce((one, other) -> one.applyToEither(other, either -> either))
                .orElseThrow();
    }

    boolean isDone() {
        return response.isDone();
    }

    /** Whether what has to come is late. */
    boolean isLate() {
        long now = System.nanoTime();
        return !isDone() && (hasBegun ? now - begun > boundNanos : !hasHeaders && now - sent > boundNanos);
    }

    /** Since it was sent. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - sent);
    }

    void cancel() {
        response.cancel(true);
    }
}
