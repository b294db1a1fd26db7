package io.github.moonlibs.discovery.testkit;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A minimal client: one request at a time, each with a time limit. It controls real servers. Not thread-safe. */
final class IprotoClient implements AutoCloseable {
    private static final int GREETING_LENGTH = 128;
    private static final int SALT_LINE = 64;
    private static final int SALT_CHARACTERS = 44;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private final byte[] salt;
    private long sync;

    IprotoClient(String host, int port, Duration timeout) throws IOException {
        try {
            int millis = Math.toIntExact(timeout.toMillis());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(host, port), millis);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
            byte[] greeting = new byte[GREETING_LENGTH];
            in.readFully(greeting);
            String encoded = new String(greeting, SALT_LINE, SALT_CHARACTERS, StandardCharsets.US_ASCII);
            salt = Base64.getDecoder().decode(encoded);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    void logIn(String user, String password) throws IOException {
        List<Object> proof = List.of(ChapSha1.NAME, ChapSha1.scramble(password, salt));
        request(Packet.AUTH, Map.of(Packet.USER, user, Packet.TUPLE, proof));
    }

    /** The returned values. */
    List<@Nullable Object> eval(String expression, @Nullable Object... arguments) throws IOException {
        Packet reply = request(Packet.EVAL, Map.of(Packet.EXPRESSION, expression, Packet.TUPLE, arguments));
        if (!(reply.get(Packet.DATA) instanceof List<?> data)) {
            throw new IOException("expected an array of values, got " + reply.body());
        }
        @SuppressWarnings("unchecked") // any List<?> is a list of nullable objects
        List<@Nullable Object> values = (List<@Nullable Object>) data;
        return values;
    }

    private Packet request(int code, Map<Long, Object> body) throws IOException {
        sync++;
        out.write(new Packet(code, sync, body).encode());
        Packet reply = Packet.read(in);
        if (reply.sync() != sync) {
            throw new IOException("expected the reply to request " + sync + ", got " + reply);
        }
        if (reply.code() != Packet.OK) {
            throw new IOException("error " + (reply.code() & ~Packet.ERROR) + ": " + reply.get(Packet.MESSAGE));
        }
        return reply;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // there is nothing left to close
        }
    }
}
