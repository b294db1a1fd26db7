package io.github.moonlibs.discovery.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of watches. gRPC's thread puts messages into a queue, and the follower takes them from it. The next message
 * is requested when the last one was taken, so a slow follower slows etcd down instead of filling the heap.
 */
final class WatchV3 implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final StreamObserver<WatchRequest> requests;
    private @Nullable ClientCallStreamObserver<WatchRequest> call;

    /** A response, or the end of the stream. */
    private record Message(
            @Nullable WatchResponse response, @Nullable Status end) {}

    WatchV3(Channel channel, Metadata headers) {
        requests = WatchGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .watch(this);
    }

    /** Watches a range, beginning with a revision. */
    void add(ByteString key, ByteString end, long revision) {
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(key)
                        .setRangeEnd(end)
                        .setStartRevision(revision))
                .build());
    }

    /**
     * Waits for events, and passes on all that have arrived by then.
     *
     * @return whether any arrived in time
     * @throws io.grpc.StatusRuntimeException if the watch has ended
     */
    boolean await(Duration timeout, BiConsumer<Event.EventType, KeyValue> handler) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        boolean any = false;
        while (true) {
            Message message = messages.poll(any ? 0 : end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (message == null) {
                return any;
            }
            WatchResponse response = message.response();
            if (response == null) {
                throw (message.end() == null ? Status.UNAVAILABLE.withDescription("the watch ended") : message.end())
                        .asRuntimeException();
            }
            if (response.getCanceled()) {
                throw cancelled(response).asRuntimeException();
            }
            for (Event event : response.getEventsList()) {
                handler.accept(event.getType(), event.getKv());
                any = true;
            }
            if (call != null) {
                call.request(1);
            }
        }
    }

    private static Status cancelled(WatchResponse response) {
        if (response.getCompactRevision() > 0) {
            return Status.OUT_OF_RANGE.withDescription("the watched revision was compacted away");
        }
        String reason = response.getCancelReason();
        return reason.contains("permission denied")
                ? Status.PERMISSION_DENIED.withDescription(reason)
                : Status.ABORTED.withDescription("etcd ended the watch: " + reason);
    }

    void close() {
        if (call != null) {
            call.cancel("no longer needed", null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
        this.call = call;
        call.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(WatchResponse response) {
        messages.add(new Message(response, null));
    }

    @Override
    public void onError(Throwable problem) {
        messages.add(new Message(null, Status.fromThrowable(problem)));
    }

    @Override
    public void onCompleted() {
        messages.add(new Message(null, null));
    }
}
