package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.iproto.codec.values.ValueWriter;
import io.github.moonlibs.discovery.iproto.codec.values.Values;
import io.github.moonlibs.discovery.types.Types;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A server that does, byte by byte, what a test tells it to. */
public final class FakeServer implements AutoCloseable {
    public static final String GREETING =
            ("Tarantool 2.6.0 (Binary) 013e3756-7051-4c0a-bf15-a168618c12fc".concat(" ".repeat(2)) + "\n"
                    + "rcOrvd4wksgJUWfzVwnzhnCJ+jFHi7bBSGSmkXWBfw0=" + " ".repeat(19) + "\n");

    /** What it does with one connection. The connection is closed when it returns. */
    public interface Script {
        public void play(Peer peer) throws Exception;
    }

    private final ServerSocket listening;
    private final Script script;
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Peer> first = new CompletableFuture<>();

    public FakeServer(Script script) {
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.script = script;
        Thread.ofVirtual().name("fake-server").start(this::accept);
    }

    public Endpoint endpoint() {
        return Endpoint.parse("127.0.0.1:" + listening.getLocalPort());
    }

    /** The first connection. */
    public Peer peer() throws Exception {
        return first.get(Threads.BOUND, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (true) {
                Peer peer = new Peer(listening.accept());
                peers.add(peer);
                first.complete(peer);
                Thread.ofVirtual().name("fake-peer").start(() -> peer.play(script));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Peer peer : peers) {
            peer.socket.close();
        }
    }

    /** A request that came. */
    public record Asked(int type, long sync, Object body) {}

    /** The other side of one connection. */
    public static final class Peer {
        private final Socket socket;
        private final DataInputStream in;
        private final CompletableFuture<@Nullable Void> played = new CompletableFuture<>();

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
        }

        private void play(Script script) {
            try {
                try (socket) {
                    script.play(this);
                }
                played.complete(null);
            } catch (Throwable e) {
                played.completeExceptionally(e);
            }
        }

        /** Waits until the script is through and the connection closed; fails if the script did. */
        public void awaitPlayed() throws InterruptedException, ExecutionException, TimeoutException {
            played.get(Threads.BOUND, TimeUnit.SECONDS);
        }

        public void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        public void send(String latin1) throws IOException {
            send(latin1.getBytes(ISO_8859_1));
        }

        /** As Tarantool 2.6 begins: a greeting, and no idea of what ID is. */
        public void greet() throws IOException {
            send(GREETING);
            fail(next(), 48, "Unknown request type 73");
        }

        public Asked next() throws IOException {
            byte[] packet = in.readNBytes(5);
            packet = in.readNBytes(ByteBuffer.wrap(packet).getInt(1));
            ValueReader reader = new ValueReader(packet, 0, packet.length);
            java.util.Map<?, ?> header = (java.util.Map<?, ?>) java.util.Objects.requireNonNull(reader.read(1));
            Object body = reader.remaining() == 0 ? "" : java.util.Objects.requireNonNull(reader.read(1));
            return new Asked(number(header.get(0L)).intValue(), number(header.get(1L)), body);
        }

        private static Long number(@Nullable Object value) {
            return (Long) java.util.Objects.requireNonNull(value);
        }

        public void reply(Asked to, Object... values) throws IOException {
            send(packet(0, to.sync(), Values.packed(out -> {
                out.packMapHeader(1).packInt(Iproto.DATA);
                ValueWriter.writeArguments(Types.plain(), out, List.of(values));
            })));
        }

        public void fail(Asked to, int code, String message) throws IOException {
            send(packet(
                    0x8000 + code,
                    to.sync(),
                    Values.packed(
                            out -> out.packMapHeader(1).packInt(Iproto.ERROR_24).packString(message))));
        }

        /** Until the client closes. */
        public void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // whatever it still sends
            }
        }
    }

    public static byte[] packet(int type, long sync, byte[] body) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(Values.packed(out -> out.packMapHeader(3)
                .packInt(Iproto.REQUEST_TYPE)
                .packInt(type)
                .packInt(Iproto.SYNC)
                .packLong(sync)
                .packInt(5)
                .packInt(80)));
        header.write(body);
        byte[] bytes = header.toByteArray();
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) 0xce)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }
}
