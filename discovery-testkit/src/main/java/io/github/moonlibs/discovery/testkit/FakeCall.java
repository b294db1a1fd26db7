package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call that a {@link FakeNode} received, and everything that can be done with it: any number of replies, at any
 * time, well-formed or not. A reply to a client that has disconnected is dropped. Thread-safe.
 */
public final class FakeCall {
    /** Handles the calls of a procedure, each on a virtual thread of its own. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Replies, or doesn't. An exception thrown here is sent as a Lua error (code 32).
         *
         * @throws InterruptedException when the call's connection has ended
         */
        void handle(FakeCall call) throws Exception;
    }

    private final FakeConnection connection;
    private final String procedure;
    private final List<@Nullable Object> arguments;
    private final Packet request;

    /** Where it is executed; null: in no stream. */
    private final @Nullable FakeStream stream;

    FakeCall(
            FakeConnection connection,
            String procedure,
            List<@Nullable Object> arguments,
            Packet request,
            @Nullable FakeStream stream) {
        this.connection = connection;
        this.procedure = procedure;
        this.arguments = arguments;
        this.request = request;
        this.stream = stream;
    }

    int code() {
        return (int) request.code();
    }

    @Nullable
    FakeStream ownStream() {
        return stream;
    }

    /** The stream, if it begins, commits or rolls back the stream's transaction. */
    @Nullable
    FakeStream commanded() {
        return code() == Packet.CALL || code() == Packet.EVAL ? null : stream;
    }

    /**
     * The procedure's name; the expression of an EVAL; {@code box.begin}, {@code box.commit} or {@code box.rollback} of what
     * a client's transaction sends.
     */
    public String procedure() {
        return procedure;
    }

    /** Integers are Long (BigInteger above its range), fractions Double, extension types MessagePack values. */
    public List<@Nullable Object> arguments() {
        return arguments;
    }

    /** The number by which the client identifies the call. */
    public long sync() {
        return request.sync();
    }

    /** The number of the stream that it belongs to, whose calls are executed one after another; 0: to none. */
    public long stream() {
        return request.stream();
    }

    /** The user that the connection was logged in as when the call arrived. */
    public String user() {
        return connection.user();
    }

    /**
     * Replies with these values.
     *
     * @param values what procedures may return: null, booleans, numbers, strings, byte arrays, collections, maps, MessagePack
     *     values, and with discovery-iproto on the path everything else that applications send, records among them
     */
    public void reply(@Nullable Object... values) {
        FakeStream commanded = commanded();
        if (commanded == null) {
            replyAs(sync(), values);
        } else {
            commanded.answered(this, false);
            connection.reply(new Packet(Packet.OK, sync(), Map.of()));
        }
    }

    /** Replies under another call's number. */
    public void replyAs(long otherSync, @Nullable Object... values) {
        connection.send(encoded(Packet.OK, otherSync, values));
    }

    /** Sends an out-of-band value, as {@code box.session.push} does. */
    public void push(@Nullable Object value) {
        connection.send(encoded(Packet.CHUNK, sync(), value));
    }

    /** Replies with an error. */
    public void fail(int code, String message) {
        fail(FakeError.of(code, message));
    }

    /** Replies with an error. */
    public void fail(FakeError error) {
        FakeStream commanded = commanded();
        if (commanded != null) {
            commanded.answered(this, true);
        }
        connection.reply(error.toPacket(sync()));
    }

    /** Sends only the first half of a reply. */
    public void halfReply(@Nullable Object... values) {
        byte[] whole = encoded(Packet.OK, sync(), values);
        connection.send(Arrays.copyOf(whole, whole.length / 2));
    }

    /** Announces a frame of this length, and sends none of its bytes. */
    public void frameOfLength(long claimed) {
        connection.send(Packet.frame(claimed, new byte[0]));
    }

    /** Sends a well-framed packet with this content. */
    public void frame(byte[] content) {
        connection.send(Packet.frame(content.length, content));
    }

    /** Sends bytes as they are. */
    public void raw(byte[] bytes) {
        connection.send(bytes);
    }

    /** Closes the call's connection (FIN). */
    public void close() {
        connection.close();
    }

    /** Resets the call's connection (RST). */
    public void reset() {
        connection.reset();
    }

    /** Waits, like a slow procedure; interrupted when the connection ends. */
    public void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    private byte[] encoded(int code, long sync, @Nullable Object... values) {
        return connection.encode(new Packet(code, sync, Map.of(Packet.DATA, values)));
    }

    @Override
    public String toString() {
        return procedure + arguments + " from " + connection;
    }
}
