package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.TarantoolError;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A wire over which one has greeted and logged in.
 *
 * @param packets what the server sends from now on
 * @param lastSync the last number that was used
 * @param watchers whether the server tells of events
 */
record Session(Wire wire, PacketReader packets, String server, long lastSync, boolean watchers) {
    private static final long ID_SYNC = 1;
    private static final long AUTH_SYNC = 2;

    /** The server's refusal of the credentials. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        final transient TarantoolError error;

        RefusedException(TarantoolError error) {
            super(error.toString());
            this.error = error;
        }
    }

    /**
     * Waits for the greeting, asks what the server can do, and logs in.
     *
     * @param login whose user and password are to be used
     */
    static Session open(Wire wire, Endpoint login, int maxReplySize, Dialer.Progress progress)
            throws IOException, RefusedException {
        progress.at("waiting for a Tarantool greeting");
        Greeting greeting = Greeting.read(wire);
        PacketReader packets = new PacketReader(maxReplySize);
        progress.at("asking for the server's features");
        Packet features = ask(wire, packets, Request.id(), ID_SYNC);
        // servers before 2.10 do not know the question
        boolean watchers = !features.isError() && features.hasFeature(Iproto.FEATURE_WATCHERS);
        String user = login.user();
        if (user != null) {
            progress.at("logging in as " + user);
            byte[] scramble = greeting.scramble(passwordOr(login.password()));
            Packet answer = ask(wire, packets, Request.auth(user, scramble), AUTH_SYNC);
            if (answer.isError()) {
                // the connection would stay open, as guest
                throw new RefusedException(answer.error());
            }
        }
        return new Session(wire, packets, greeting.server(), AUTH_SYNC, watchers);
    }

    private static String passwordOr(@Nullable String password) {
        return password == null ? "" : password;
    }

    private static Packet ask(Wire wire, PacketReader packets, byte[] request, long sync) throws IOException {
        Request.number(request, sync);
        wire.write(ByteBuffer.wrap(request));
        Packet answer = packets.next(wire);
        if (answer.sync() != sync || (answer.type() != Iproto.OK && !answer.isError())) {
            throw new MalformedException("expected the reply to request " + sync + ", got one to "
                    + Long.toUnsignedString(answer.sync()) + " of type 0x" + Integer.toHexString(answer.type()));
        }
        return answer;
    }
}
