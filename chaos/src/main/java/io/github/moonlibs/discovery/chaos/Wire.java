package io.github.moonlibs.discovery.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection to a node that shares nothing with the client: it pings, and it floods. Not thread-safe. */
final class Wire implements AutoCloseable {
    private static final int GREETING_LENGTH = 128;
    private static final int UINT32 = 0xCE;
    private static final int DOUBLE = 0xCB;
    private static final int STRING8 = 0xD9;
    private static final int MAP_OF_2 = 0x82;
    private static final int ARRAY_OF_3 = 0x93;
    private static final int CODE = 0x00;
    private static final int SYNC = 0x01;
    private static final int CALL = 0x0A;
    private static final int PING = 0x40;
    private static final int ARGUMENTS = 0x21;
    private static final int FUNCTION = 0x22;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private int sync;

    Wire(String host, int port, int timeoutMillis) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            socket.connect(new InetSocketAddress(host, port), timeoutMillis);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
            in.readFully(new byte[GREETING_LENGTH]);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Asks, and waits for the answer. */
    void ping() throws IOException {
        out.write(frame(header(PING).toByteArray()));
        skipReply();
    }

    /** Sends a call, and does not wait for its answer. */
    void send(String procedure, long number, double seconds) throws IOException {
        ByteArrayOutputStream bytes = header(CALL);
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeByte(MAP_OF_2);
        body.writeByte(FUNCTION);
        writeString(body, procedure);
        body.writeByte(ARGUMENTS);
        body.writeByte(ARRAY_OF_3);
        body.writeByte(UINT32);
        body.writeInt(Math.toIntExact(number));
        writeString(body, "");
        body.writeByte(DOUBLE);
        body.writeDouble(seconds);
        out.write(frame(bytes.toByteArray()));
    }

    /** Waits for an answer, whatever it is. */
    void skipReply() throws IOException {
        if (in.readUnsignedByte() != UINT32) {
            throw new IOException("expected the length of a reply");
        }
        in.skipNBytes(Integer.toUnsignedLong(in.readInt()));
    }

    private ByteArrayOutputStream header(int code) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(bytes);
        header.writeByte(MAP_OF_2);
        header.writeByte(CODE);
        header.writeByte(code);
        header.writeByte(SYNC);
        header.writeByte(UINT32);
        header.writeInt(++sync);
        return bytes;
    }

    private static void writeString(DataOutputStream to, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.writeByte(STRING8);
        to.writeByte(bytes.length);
        to.write(bytes);
    }

    private static byte[] frame(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeByte(UINT32);
        frame.writeInt(content.length);
        frame.write(content);
        return bytes.toByteArray();
    }

    /** Ends it, on whatever thread it is used. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing is left to be closed
        }
    }
}
