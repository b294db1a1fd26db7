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
    private final AliveV3 alive;
    private final Heartbeat heartbeat = new Heartbeat();
    private @Nullable ClientCallStreamObserver<WatchRequest> call;

    /** A response, the end of the stream, or, with neither, a sign of life. */
    private record Message(
            @Nullable WatchResponse response, @Nullable Status end) {
        private static final Message ALIVE = new Message(null, null);
    }

    WatchV3(Channel channel, Metadata headers) {
        alive = new AliveV3(channel, headers);
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
        heartbeat.resume();
        while (true) {
            Message message = any ? messages.poll() : next(end - System.nanoTime());
            if (message == null) {
                if (any || System.nanoTime() - end >= 0) {
                    return any;
                }
                continue;
            }
            if (message.end() != null) {
                throw message.end().asRuntimeException();
            }
            heartbeat.heard();
            WatchResponse response = message.response();
            if (response == null) {
                continue;
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

    /** The next message; null if there is none in time, or the member was just asked whether it is alive. */
    private @Nullable Message next(long timeoutNanos) throws InterruptedException {
        if (heartbeat.isDue()) {
            alive.ask(end -> messages.add(end.isOk() ? Message.ALIVE : new Message(null, end)));
            heartbeat.asked();
        }
        long start = System.nanoTime();
        long wait = heartbeat.idleNanos(timeoutNanos);
        Message message = messages.poll(wait, TimeUnit.NANOSECONDS);
        if (message == null) {
            heartbeat.waited(start, wait);
            if (heartbeat.isSilent()) {
                throw AliveV3.SILENT.asRuntimeException();
            }
        }
        return message;
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
        messages.add(new Message(null, Status.UNAVAILABLE.withDescription("the watch ended")));
    }
}
