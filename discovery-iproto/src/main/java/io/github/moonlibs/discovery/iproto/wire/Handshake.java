package io.github.moonlibs.discovery.iproto.wire;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.iproto.codec.Frames;
import io.github.moonlibs.discovery.iproto.codec.Greeting;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A wire over which the server has greeted and the user is logged in.
 *
 * @param frames what the server sends from now on
 * @param server name and version
 * @param instance the server's UUID; null if that is not known
 * @param lastSync the last number that was used
 * @param protocol what the server says of it; null from servers before 2.10, which do not know the question
 */
public record Handshake(
        Wire wire,
        Frames frames,
        String server,
        @Nullable UUID instance,
        long lastSync,
        @Nullable ServerProtocol protocol) {
    private static final long ID_SYNC = 1;
    private static final long AUTH_SYNC = 2;
    private static final int BUFFER = 4 << 10;

    /** The server has refused the credentials. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient TarantoolError error;

        RefusedException(TarantoolError error) {
            super(error.toString());
            this.error = error;
        }

        /** What the server says of it. */
        public TarantoolError error() {
            return error;
        }
    }

    /**
     * Waits for the greeting, asks what the server can do, and logs in.
     *
     * @param login names the user and the password
     */
    public static Handshake open(Wire wire, Endpoint login, ClientOptions options, Progress progress)
            throws IOException, RefusedException {
        progress.at("waiting for a Tarantool greeting");
        Greeting greeting = greeting(wire);
        Frames frames = new Frames(options.maxReplySize());
        progress.at("asking for the server's features");
        ServerPacket features = ask(wire, frames, Request.id(options.tupleNames()), ID_SYNC);
        ServerProtocol protocol = features.isError() ? null : features.protocol();
        String user = login.user();
        if (user != null) {
            progress.at("logging in as " + user);
            byte[] scramble = greeting.scramble(passwordOr(login.password()));
            ServerPacket answer = ask(wire, frames, Request.auth(user, scramble), AUTH_SYNC);
            if (answer.isError()) {
                // the connection would stay open, as guest
                throw new RefusedException(answer.error());
            }
        }
        return new Handshake(wire, frames, greeting.server(), greeting.instance(), AUTH_SYNC, protocol);
    }

    /** Whether the server sends events. */
    public boolean hasWatchers() {
        return protocol != null && protocol.has(ServerProtocol.WATCHERS);
    }

    private static String passwordOr(@Nullable String password) {
        return password == null ? "" : password;
    }

    private static Greeting greeting(Wire wire) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Greeting.SIZE);
        while (bytes.hasRemaining()) {
            int count = wire.read(bytes);
            Greeting.check(bytes.array(), bytes.position(), count < 0);
        }
        return Greeting.parse(bytes.array());
    }

    private static ServerPacket ask(Wire wire, Frames frames, byte[] request, long sync) throws IOException {
        Request.number(request, sync);
        for (ByteBuffer unsent = ByteBuffer.wrap(request); unsent.hasRemaining(); ) {
            wire.write(unsent);
        }
        ServerPacket answer = next(wire, frames);
        if (answer.sync() != sync || (answer.type() != Iproto.OK && !answer.isError())) {
            throw new MalformedException("expected the reply to request " + sync + ", got one to "
                    + Long.toUnsignedString(answer.sync()) + " of type 0x" + Integer.toHexString(answer.type()));
        }
        return answer;
    }

    private static ServerPacket next(Wire wire, Frames frames) throws IOException {
        ArrayDeque<ServerPacket> packets = new ArrayDeque<>();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (packets.isEmpty()) {
            if (wire.read(buffer.clear()) < 0) {
                throw new EOFException("closed by the server");
            }
            frames.read(buffer.array(), 0, buffer.position(), packets::add);
        }
        if (packets.size() > 1) {
            throw new MalformedException("expected one reply to one request, got " + packets.size());
        }
        return packets.getFirst();
    }
}
