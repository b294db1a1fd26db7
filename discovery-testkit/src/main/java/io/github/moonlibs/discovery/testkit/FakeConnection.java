package io.github.moonlibs.discovery.testkit;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One client of a {@link FakeNode}: a thread that reads, and one more for each call. */
final class FakeConnection implements Runnable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final List<Integer> FEATURES = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12);
    private static final int PROTOCOL_VERSION = 10;

    /** What the requests of transactions are called. */
    private static final Map<Integer, String> COMMANDS =
            Map.of(Packet.BEGIN, "box.begin", Packet.COMMIT, "box.commit", Packet.ROLLBACK, "box.rollback");

    /** With this feature every reply to a call carries the formats of the tuples in it. */
    private static final long CALL_RET_TUPLE = 8;

    private final FakeServer node;
    private final Link link;
    private final byte[] salt = new byte[32];
    private final ReentrantLock writing = new ReentrantLock();
    /** By their numbers; the reader's own thread adds to them. */
    private final Map<Long, FakeStream> streams = new ConcurrentHashMap<>();

    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fake-node-call-", 0).factory());
    private volatile @Nullable Thread reader;
    private volatile String user = Logins.GUEST;
    private volatile boolean sendsTupleFormats;

    FakeConnection(FakeServer node, Link link) {
        this.node = node;
        this.link = link;
        RANDOM.nextBytes(salt);
    }

    String user() {
        return user;
    }

    @Override
    public void run() {
        reader = Thread.currentThread();
        try {
            node.gate().pass();
            byte[] greeting = node.greeting();
            send(greeting == null ? ownGreeting() : greeting);
            serve(new DataInputStream(new BufferedInputStream(link.in())));
        } catch (IOException | InterruptedException theEnd) {
            // the client has disconnected, or the node is closing
        } finally {
            close();
            node.left(this);
            workers.close();
            node.ended();
        }
    }

    private byte[] ownGreeting() {
        String secondLine = Base64.getEncoder().encodeToString(salt);
        return String.format("%-63s\n%-63s\n", node.banner(), secondLine).getBytes(StandardCharsets.US_ASCII);
    }

    private void serve(DataInputStream in) throws IOException, InterruptedException {
        while (true) {
            Packet request;
            try {
                request = Packet.read(in);
            } catch (Packet.MalformedException e) {
                reply(FakeError.of(20, "Invalid MsgPack - packet header").toPacket(0));
                continue;
            } catch (EOFException left) {
                return;
            } catch (IOException e) {
                reply(FakeError.of(20, "Invalid MsgPack - packet length").toPacket(0));
                return;
            }
            node.gate().pass();
            if (node.dropsRequests()) {
                return;
            }
            answer(request);
        }
    }

    private void answer(Packet request) {
        int code = (int) request.code();
        boolean isNew = code >= Packet.ID || COMMANDS.containsKey(code);
        if (isNew && !node.hasWatchers()) {
            reply(unknownRequest(request));
            return;
        }
        switch (code) {
            case Packet.CALL -> call(request, request.get(Packet.FUNCTION), "FUNCTION_NAME");
            case Packet.EVAL -> call(request, request.get(Packet.EXPRESSION), "EXPR");
            case Packet.BEGIN, Packet.COMMIT, Packet.ROLLBACK ->
                command(request, Objects.requireNonNull(COMMANDS.get(code)));
            case Packet.PING -> reply(new Packet(Packet.OK, request.sync(), Map.of()));
            case Packet.AUTH -> logIn(request);
            case Packet.ID -> identify(request);
            case Packet.WATCH -> node.watchedKeys().watch(this, key(request), request.sync());
            case Packet.UNWATCH -> node.watchedKeys().unwatch(this, key(request));
            case Packet.WATCH_ONCE ->
                reply(new Packet(
                        Packet.OK,
                        request.sync(),
                        Map.of(Packet.DATA, node.watchedKeys().get(key(request)))));
            default -> reply(unknownRequest(request));
        }
    }

    private static Packet unknownRequest(Packet request) {
        return FakeError.of(48, "Unknown request type " + request.code()).toPacket(request.sync());
    }

    private static String key(Packet request) {
        return String.valueOf(request.get(Packet.EVENT_KEY));
    }

    private void call(Packet request, @Nullable Object procedure, String field) {
        if (procedure == null) {
            reply(FakeError.of(69, "Missing mandatory field '" + field + "' in request")
                    .toPacket(request.sync()));
            return;
        }
        Object arguments = request.body().containsKey(Packet.TUPLE) ? request.get(Packet.TUPLE) : List.of();
        if (!(arguments instanceof List<?> list)) {
            reply(FakeError.of(20, "Invalid MsgPack - packet body").toPacket(request.sync()));
            return;
        }
        @SuppressWarnings("unchecked") // any List<?> is a list of nullable objects
        List<@Nullable Object> values = (List<@Nullable Object>) list;
        FakeCall call = new FakeCall(this, procedure.toString(), values, request, stream(request));
        if (node.logins().mayCall(user)) {
            execute(call);
        } else {
            call.fail(FakeError.accessDenied(call.procedure(), user));
        }
    }

    /** Begins, commits or rolls back the transaction of a stream. */
    private void command(Packet request, String name) {
        FakeStream stream = stream(request);
        if (stream == null) {
            String command = name.substring(name.indexOf('.') + 1).toUpperCase(Locale.ROOT);
            reply(FakeError.of(230, "Unable to process " + command + " request out of stream")
                    .toPacket(request.sync()));
            return;
        }
        List<@Nullable Object> arguments = request.code() == Packet.BEGIN
                ? Arrays.asList(request.get(Packet.TIMEOUT), request.get(Packet.ISOLATION))
                : List.of();
        execute(new FakeCall(this, name, arguments, request, stream));
    }

    private @Nullable FakeStream stream(Packet request) {
        return request.stream() == 0 ? null : streams.computeIfAbsent(request.stream(), number -> new FakeStream());
    }

    private void execute(FakeCall call) {
        node.procedures().arrived(call);
        FakeStream stream = call.ownStream();
        if (stream == null) {
            later(() -> node.procedures().execute(call), () -> node.procedures().ended(call));
        } else {
            stream.start(() -> later(() -> node.procedures().execute(call), () -> {
                node.procedures().ended(call);
                stream.ended();
            }));
        }
    }

    /** How many transactions are open. */
    long openTransactions() {
        return streams.values().stream().filter(FakeStream::isOpen).count();
    }

    private void logIn(Packet request) {
        FakeError refusal = node.logins().check(request, salt, node.isVersion3());
        if (refusal == null) {
            user = String.valueOf(request.get(Packet.USER));
            reply(new Packet(Packet.OK, request.sync(), Map.of()));
        } else {
            reply(refusal.toPacket(request.sync()));
        }
    }

    private void identify(Packet request) {
        sendsTupleFormats =
                request.get(Packet.FEATURES) instanceof List<?> features && features.contains(CALL_RET_TUPLE);
        Map<Long, Object> body = new LinkedHashMap<>();
        body.put(Packet.VERSION, PROTOCOL_VERSION);
        body.put(Packet.FEATURES, FEATURES);
        body.put(Packet.AUTH_TYPE, ChapSha1.NAME);
        reply(new Packet(Packet.OK, request.sync(), body));
    }

    /** The bytes of a reply to a call, with the formats of tuples (there are none) if the client asked for them. */
    byte[] encode(Packet reply) {
        if (!sendsTupleFormats) {
            return reply.encodeReply(node.isVersion3());
        }
        Map<Object, @Nullable Object> body = new LinkedHashMap<>(reply.body());
        body.put(Packet.TUPLE_FORMATS, Map.of());
        return new Packet(reply.code(), reply.sync(), body).encodeReply(node.isVersion3());
    }

    void reply(Packet reply) {
        send(reply.encodeReply(node.isVersion3()));
    }

    /** Sends on another thread, for callers that must not wait for the client. */
    void sendLater(Packet event) {
        later(() -> send(event.encode()), () -> {});
    }

    /** Runs both; skips the first one if the connection has ended. */
    private void later(Runnable task, Runnable afterwards) {
        try {
            workers.execute(() -> {
                try {
                    task.run();
                } finally {
                    afterwards.run();
                }
            });
        } catch (RejectedExecutionException connectionEnded) {
            afterwards.run();
        }
    }

    void send(byte[] bytes) {
        try {
            node.gate().pass();
            writing.lockInterruptibly();
            try {
                OutputStream out = link.out();
                out.write(bytes);
            } finally {
                writing.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException clientLeft) {
            close();
        }
    }

    /** Ends the connection with FIN, and its calls with an interrupt. */
    void close() {
        link.close();
        interrupt();
    }

    /** Ends the connection with RST, and its calls with an interrupt. */
    void reset() {
        link.reset();
        interrupt();
    }

    /** Also interrupts the reader, because closing the socket does not wake it while the node is frozen. */
    private void interrupt() {
        workers.shutdownNow();
        Thread thread = reader;
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
