package io.github.moonlibs.discovery.etcd;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks a member for its status, which it knows itself: over the connection of the watch, so that the answer shows that this
 * one is alive, too. gRPC's own keep-alive cannot be had more often than every 10 s.
 */
final class AliveV3 {
    static final Status SILENT = Status.DEADLINE_EXCEEDED.withDescription("silent");

    /** Whatever else the member answers, it is alive: it may not let everyone see its status. */
    private static final Set<Status.Code> DEAD =
            Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);

    private final MaintenanceGrpc.MaintenanceStub stub;

    AliveV3(Channel channel, Metadata headers) {
        stub = MaintenanceGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** @param answer called once, on gRPC's thread: OK, or why the member does not serve */
    void ask(Consumer<Status> answer) {
        stub.withDeadlineAfter(Heartbeat.BOUND.toMillis() * 4, TimeUnit.MILLISECONDS)
                .status(StatusRequest.getDefaultInstance(), new StreamObserver<>() {
                    private long leader;

                    @Override
                    public void onNext(StatusResponse response) {
                        leader = response.getLeader();
                    }

                    @Override
                    public void onError(Throwable problem) {
                        Status status = Status.fromThrowable(problem);
                        // a connection that is lost while gRPC writes to it has the status UNKNOWN
                        boolean dead = DEAD.contains(status.getCode()) || status.getCause() instanceof IOException;
                        answer.accept(dead ? status : Status.OK);
                    }

                    @Override
                    public void onCompleted() {
                        answer.accept(leader == 0 ? Status.UNAVAILABLE.withDescription("it has no leader") : Status.OK);
                    }
                });
    }
}
