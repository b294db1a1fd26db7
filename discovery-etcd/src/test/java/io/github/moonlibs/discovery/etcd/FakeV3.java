package io.github.moonlibs.discovery.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerStreamTracer;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Something that speaks API v3, and answers reads and watches in bad ways. Its status is always good. */
final class FakeV3 implements AutoCloseable {
    /** One instance, {@code a} at 10.0.0.1:3301, below {@code /app/}. */
    static final RangeResponse READ = RangeResponse.newBuilder()
            .addKvs(KeyValue.newBuilder()
                    .setKey(ByteString.copyFromUtf8("/app/a/box/listen"))
                    .setValue(ByteString.copyFromUtf8("10.0.0.1:3301")))
            .build();

    /** Answers; what it throws ends the call. */
    interface Answer<T> {
        void to(StreamObserver<T> client);
    }

    private final Server server;
    private final List<Long> reads = new CopyOnWriteArrayList<>();

    FakeV3(Answer<RangeResponse> read, Answer<WatchResponse> watch) throws IOException {
        server = builder()
                .addService(new MaintenanceGrpc.MaintenanceImplBase() {
                    @Override
                    public void status(StatusRequest request, StreamObserver<StatusResponse> client) {
                        client.onNext(StatusResponse.newBuilder().setLeader(1).build());
                        client.onCompleted();
                    }
                })
                .addService(new KVGrpc.KVImplBase() {
                    @Override
                    public void range(RangeRequest request, StreamObserver<RangeResponse> client) {
                        reads.add(System.nanoTime());
                        read.to(client);
                    }
                })
                .addService(new WatchGrpc.WatchImplBase() {
                    @Override
                    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> client) {
                        return new StreamObserver<>() {
                            @Override
                            public void onNext(WatchRequest request) {
                                watch.to(client);
                            }

                            @Override
                            public void onError(Throwable problem) {
                                // the client has gone
                            }

                            @Override
                            public void onCompleted() {
                                // the client has gone
                            }
                        };
                    }
                })
                .addStreamTracerFactory(new BelievesInCompression())
                .build()
                .start();
    }

    /** gRPC's own one that takes an address is among the libraries of the run time alone. */
    private static ServerBuilder<?> builder() {
        try {
            return (ServerBuilder<?>) Class.forName("io.grpc.netty.NettyServerBuilder")
                    .getMethod("forAddress", SocketAddress.class)
                    .invoke(null, new InetSocketAddress("127.0.14.78", 0));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has the server believe that the client understands compression, whatever the client says. */
    private static final class BelievesInCompression extends ServerStreamTracer.Factory {
        private static final Metadata.Key<String> ACCEPTED =
                Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            headers.discardAll(ACCEPTED);
            headers.put(ACCEPTED, "gzip");
            return new ServerStreamTracer() {};
        }
    }

    static <T> Answer<T> once(T answer) {
        return client -> {
            client.onNext(answer);
            client.onCompleted();
        };
    }

    static <T> Answer<T> compressed(T answer) {
        return client -> {
            if (client instanceof ServerCallStreamObserver<T> call) {
                call.setCompression("gzip");
                call.setMessageCompression(true);
            }
            client.onNext(answer);
            client.onCompleted();
        };
    }

    String endpoint() {
        return "127.0.14.78:" + server.getPort();
    }

    /** When each read came, in nanoseconds. */
    List<Long> reads() {
        return reads;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
