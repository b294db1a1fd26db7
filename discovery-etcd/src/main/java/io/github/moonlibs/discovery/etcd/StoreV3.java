package io.github.moonlibs.discovery.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.ChannelCredentials;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** etcd's API v3, over gRPC. */
final class StoreV3 implements Store {
    private static final int MAX_MESSAGE = 64 << 20;
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** Asks a member that has lost its leader to say so; otherwise it would not answer at all. */
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final String endpoint;
    private final EtcdOptions options;
    private final ManagedChannel channel;
    private Metadata headers = new Metadata();
    private List<String> directories = List.of();
    private long revision;
    private @Nullable WatchV3 watch;

    StoreV3(String endpoint, EtcdOptions options) throws EtcdFailure {
        this.endpoint = endpoint;
        this.options = options;
        GrpcLog.hideNoise();
        if (options.user() != null) {
            GrpcLog.hideFrames();
        }
        channel = Grpc.newChannelBuilder("dns:///" + endpoint, credentials(options.tls()))
                // callbacks only add to a queue or unpark a thread
                .directExecutor()
                .disableServiceConfigLookUp()
                .maxInboundMessageSize(MAX_MESSAGE)
                // etcd compresses nothing, and a few bytes can stand for very many
                .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
                .build();
    }

    private static ChannelCredentials credentials(EtcdOptions.@Nullable Tls files) throws EtcdFailure {
        if (files == null) {
            return InsecureChannelCredentials.create();
        }
        Tls tls = Tls.read(files);
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        if (tls.trust() != null) {
            credentials.trustManager(tls.trust().getTrustManagers());
        }
        if (tls.identity() != null) {
            credentials.keyManager(tls.identity().getKeyManagers());
        }
        return credentials.build();
    }

    @Override
    public SortedMap<String, String> read(List<String> directories, Duration timeout)
            throws EtcdFailure, InterruptedException {
        closeWatch();
        checkAlive(Heartbeat.firstBound(timeout));
        SortedMap<String, String> keys = new TreeMap<>();
        List<String> readable = new ArrayList<>();
        for (String directory : directories) {
            try {
                // the first answer names its revision, and the other directories are read at the same one
                RangeResponse response = range(directory, readable.isEmpty() ? 0 : revision, timeout);
                revision = readable.isEmpty() ? response.getHeader().getRevision() : revision;
                for (KeyValue each : response.getKvsList()) {
                    keys.put(name(each), each.getValue().toStringUtf8());
                }
                readable.add(directory);
            } catch (EtcdFailure.Denied e) {
                if (readable.isEmpty()) {
                    throw e;
                }
            }
        }
        this.directories = readable;
        return keys;
    }

    /** A silent member is found out sooner than one that has much to send. */
    private void checkAlive(Duration bound) throws EtcdFailure, InterruptedException {
        CompletableFuture<Status> alive = new CompletableFuture<>();
        new AliveV3(channel, headers).ask(alive::complete);
        Status status;
        try {
            status = alive.get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            status = AliveV3.SILENT;
        }
        if (!status.isOk()) {
            throw failure(status.asRuntimeException(), options.prefix(), bound);
        }
        Heartbeat.answered();
    }

    private RangeResponse range(String directory, long atRevision, Duration timeout)
            throws EtcdFailure, InterruptedException {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(bytes(directory))
                .setRangeEnd(bytes(Keys.end(directory)))
                .setRevision(atRevision)
                .build();
        if (options.user() != null && !headers.containsKey(TOKEN)) {
            login(timeout);
        }
        try {
            return tryRange(request, timeout);
        } catch (StatusRuntimeException e) {
            if (options.user() == null || !isStaleToken(e.getStatus())) {
                throw failure(e, directory, timeout);
            }
        }
        login(timeout);
        try {
            return tryRange(request, timeout);
        } catch (StatusRuntimeException e) {
            throw failure(e, directory, timeout);
        }
    }

    private RangeResponse tryRange(RangeRequest request, Duration timeout) {
        return KVGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(timeout)
                .range(request);
    }

    private void login(Duration timeout) throws EtcdFailure, InterruptedException {
        AuthenticateRequest request = AuthenticateRequest.newBuilder()
                .setName(options.user())
                .setPassword(options.password())
                .build();
        try {
            String token = AuthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(timeout)
                    .authenticate(request)
                    .getToken();
            headers = new Metadata();
            headers.put(TOKEN, token);
        } catch (StatusRuntimeException e) {
            if (String.valueOf(e.getStatus().getDescription()).contains("authentication is not enabled")) {
                // then every client may read
                return;
            }
            throw failure(e, options.prefix(), timeout);
        }
    }

    /** A simple token expires after five idle minutes, and with the member that issued it; a JWT has its own expiry. */
    private static boolean isStaleToken(Status status) {
        String description = String.valueOf(status.getDescription());
        return description.contains("invalid auth token") || description.contains("revision of auth store is old");
    }

    @Override
    public boolean awaitChange(SortedMap<String, String> keys, Duration timeout)
            throws EtcdFailure, InterruptedException {
        if (watch == null) {
            Metadata watching = new Metadata();
            watching.merge(headers);
            watching.put(HAS_LEADER, "true");
            watch = new WatchV3(channel, watching);
            for (String directory : directories) {
                watch.add(bytes(directory), bytes(Keys.end(directory)), revision + 1);
            }
        }
        try {
            return watch.await(timeout, (event, kv) -> {
                switch (event) {
                    case DELETE -> keys.remove(name(kv));
                    default -> keys.put(name(kv), kv.getValue().toStringUtf8());
                }
            });
        } catch (StatusRuntimeException e) {
            if (options.user() != null && isStaleToken(e.getStatus())) {
                throw new EtcdFailure.Outdated("etcd " + endpoint + ": the token has expired; the next read logs in");
            }
            throw failure(e, directories.getFirst(), Heartbeat.BOUND);
        }
    }

    private ByteString bytes(String name) {
        return ByteString.copyFromUtf8(options.namespace() + name);
    }

    private String name(KeyValue each) {
        return each.getKey().toStringUtf8().substring(options.namespace().length());
    }

    /** @throws InterruptedException if the thread was interrupted, which gRPC turns into a status of its own */
    private EtcdFailure failure(StatusRuntimeException e, String place, Duration timeout) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        String user = options.user() == null ? "an anonymous client (no user is configured)" : "user " + options.user();
        Status status = e.getStatus();
        String problem = status.getCause() == null
                ? Causes.firstLine(String.valueOf(status.getDescription()))
                : Causes.last(status.getCause());
        String etcd = "etcd " + endpoint + ": ";
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new EtcdFailure.Silent(etcd, timeout);
        } else if (status.getCode() == Status.Code.OUT_OF_RANGE) {
            return new EtcdFailure.Outdated(etcd + problem);
        } else if (status.getCode() == Status.Code.PERMISSION_DENIED) {
            return new EtcdFailure.Denied(etcd + "expected " + user + " to be allowed to read " + place);
        } else if (problem.contains("authentication failed") || problem.contains("user name is empty")) {
            return new EtcdFailure(etcd + "expected the credentials of a user, and does not accept " + user + ": "
                    + status.getDescription());
        } else if (status.getCode() == Status.Code.UNAVAILABLE || status.getCause() instanceof IOException) {
            // a connection that is lost while gRPC writes to it has the status UNKNOWN
            return new EtcdFailure(etcd + "cannot be reached: " + problem);
        }
        return new EtcdFailure(etcd + "cannot read " + place + ": " + status.getCode() + ": " + problem);
    }

    private void closeWatch() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
