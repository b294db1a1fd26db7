package io.github.moonlibs.discovery.etcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A response's body in memory, up to a bound. Knows since when it is coming. */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int bound;
    private final Runnable begun;
    private Flow.@Nullable Subscription subscription;

    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        TooLarge(int bound) {
            super("expected an answer of at most " + bound + " bytes");
        }
    }

    /** @param begun called when the first bytes have come */
    BoundedBody(int bound, Runnable begun) {
        this.bound = bound;
        this.begun = begun;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int size = buffer.remaining();
            if (size == 0 || body.isDone()) {
                continue;
            }
            if (bytes.size() == 0) {
                begun.run();
            }
            if (size > bound - bytes.size()) {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.completeExceptionally(new TooLarge(bound));
                return;
            }
            byte[] chunk = new byte[size];
            buffer.get(chunk);
            bytes.write(chunk, 0, size);
        }
    }

    @Override
    public void onError(Throwable problem) {
        body.completeExceptionally(problem);
    }

    @Override
    public void onComplete() {
        body.complete(bytes.toByteArray());
    }
}
