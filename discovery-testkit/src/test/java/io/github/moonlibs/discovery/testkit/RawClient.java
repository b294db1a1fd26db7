package io.github.moonlibs.discovery.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A socket, and the few packets that the tests send over it. */
final class RawClient implements AutoCloseable {
    final Socket socket;
    final DataInputStream in;
    private byte[] greeting = new byte[0];

    private RawClient(String endpoint) throws IOException {
        int colon = endpoint.lastIndexOf(':');
        socket = new Socket(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connected, with the greeting read. */
    static RawClient to(String endpoint) throws IOException {
        RawClient client = ungreeted(endpoint);
        client.greeting = new byte[128];
        client.in.readFully(client.greeting);
        return client;
    }

    static RawClient ungreeted(String endpoint) throws IOException {
        return new RawClient(endpoint);
    }

    byte[] greeting() {
        return greeting;
    }

    RawClient call(long sync, String procedure, @Nullable Object... arguments) throws IOException {
        return send(Packet.CALL, sync, Map.of(Packet.FUNCTION, procedure, Packet.TUPLE, Arrays.asList(arguments)));
    }

    RawClient watch(long sync, String key) throws IOException {
        return send(Packet.WATCH, sync, Map.of(Packet.EVENT_KEY, key));
    }

    RawClient send(int code, long sync, Map<Long, Object> body) throws IOException {
        return raw(new Packet(code, sync, body).encode());
    }

    RawClient raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Packet read() throws IOException {
        return Packet.read(in);
    }

    List<?> values() throws IOException {
        return values(read());
    }

    /** Those of the reply to this request; replies to others that come before it are skipped. */
    List<?> valuesOf(long sync) throws IOException {
        Packet reply = read();
        while (reply.sync() != sync) {
            reply = read();
        }
        return values(reply);
    }

    private static List<?> values(Packet reply) {
        if (reply.code() == Packet.OK && reply.get(Packet.DATA) instanceof List<?> values) {
            return values;
        }
        throw new AssertionError("expected values, got " + reply);
    }

    /** -1 after FIN. */
    int readByte() throws IOException {
        return socket.getInputStream().read();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
