package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.types.Types;

/** Makes results and failures of outcomes, on the caller's thread. Thread-safe. */
final class Failures {
    private final Endpoint endpoint;
    private final Types types;
    private final Ending ending;

    Failures(Endpoint endpoint, Types types, Ending ending) {
        this.types = types;
        this.endpoint = endpoint;
        this.ending = ending;
    }

    /** The values in a reply that is no error. */
    Result result(ServerPacket reply, String procedure) {
        try {
            return reply.result(types, procedure);
        } catch (MalformedException e) {
            throw unreadable(e);
        }
    }

    /** The reply of an exchange that ended so; it is no error. */
    ServerPacket checked(Exchange exchange, Exchange.State state, long timeoutNanos) {
        return switch (state) {
            case REPLIED -> checked(exchange.reply());
            case NOT_SENT -> throw notSent();
            case LOST -> throw lost();
            case WITHDRAWN -> throw timeout(false, "not even sent within ", timeoutNanos);
            case ABANDONED -> throw timeout(true, "no reply within ", timeoutNanos);
            case QUEUED, SENT -> throw new AssertionError("an undecided exchange");
        };
    }

    private ServerPacket checked(ServerPacket reply) {
        try {
            if (reply.isError()) {
                throw new ServerException(endpoint.toString(), reply.error());
            }
            if (reply.type() != Iproto.OK) {
                throw new MalformedException(
                        "expected a reply, got a packet of type 0x" + Integer.toHexString(reply.type()));
            }
            return reply;
        } catch (MalformedException e) {
            throw unreadable(e);
        }
    }

    /** The frame was sound, so the others' replies are where they should be. */
    private AttemptException unreadable(MalformedException cause) {
        return new AttemptException(Kind.UNREADABLE, true, endpoint + ": " + cause.getMessage(), cause);
    }

    /** The procedure pushes faster than the caller takes it. */
    AttemptException pushedTooMuch(int bytes) {
        return new AttemptException(
                Kind.UNREADABLE,
                true,
                endpoint + ": expected at most " + bytes
                        + " bytes (option maxReplySize) of pushed values that the listener has not taken yet, got more",
                null);
    }

    AttemptException notSent() {
        Ending.Reason why = ending.reason();
        return AttemptException.notSent(
                endpoint + ": the connection ended before the request was sent: " + why.text(), why.cause());
    }

    private AttemptException lost() {
        Ending.Reason why = ending.reason();
        return new AttemptException(
                Kind.LOST,
                true,
                endpoint + ": the connection ended while the reply was awaited: " + why.text(),
                why.cause());
    }

    AttemptException timeout(boolean sent, String what, long nanos) {
        String within = nanos < 10_000_000 ? nanos / 1_000 + " µs" : nanos / 1_000_000 + " ms";
        return new AttemptException(Kind.TIMEOUT, sent, endpoint + ": " + what + within, null);
    }
}
