package io.github.moonlibs.discovery.benchmarks;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** A socket after its greeting, and the bytes of one request. Replies are read only by their lengths and codes. */
public final class RawConnection implements AutoCloseable {
    private static final int GREETING = 128;
    private static final int BUFFER = 64 * 1024;
    /** How many bytes a packet's length takes in Tarantool: 0xce and four more. */
    private static final int LENGTH = 5;
    /** How many bytes have to be there to see whether a reply is an error. */
    private static final int HEADER = LENGTH + 7;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];

    /** Connects to {@code host:port}, and reads the greeting. */
    public RawConnection(String endpoint) throws IOException {
        int colon = endpoint.lastIndexOf(':');
        socket = new Socket(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        new DataInputStream(in).readFully(new byte[GREETING]);
    }

    /** The call of a procedure, this many times in a row. The name has at most 31 letters; arguments are 0 to 127. */
    public static byte[] requests(int times, String procedure, int... arguments) {
        byte[] name = procedure.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer request = ByteBuffer.allocate(64);
        request.put((byte) 0xce).putInt(0);
        // header: a call (10), sync 1
        request.put(new byte[] {(byte) 0x82, 0x00, 0x0a, 0x01, 0x01});
        // body: function's name (0x22), arguments (0x21)
        request.put(new byte[] {(byte) 0x82, 0x22, (byte) (0xa0 | name.length)}).put(name);
        request.put(new byte[] {0x21, (byte) (0x90 | arguments.length)});
        for (int argument : arguments) {
            request.put((byte) argument);
        }
        request.putInt(1, request.position() - LENGTH);
        byte[] all = new byte[request.position() * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(request.array(), 0, all, i * request.position(), request.position());
        }
        return all;
    }

    /** Sends what {@link #requests} made. */
    public void send(byte[] requests) throws IOException {
        out.write(requests);
    }

    /** Reads this many replies, which must not be errors. */
    public void skipReplies(int count) throws IOException {
        int left = count;
        int from = 0;
        int to = 0;
        while (left > 0) {
            int length = to - from < LENGTH ? -1 : ByteBuffer.wrap(buffer).getInt(from + 1) + LENGTH;
            if (length >= 0 && to - from >= length) {
                expectSuccess(from);
                from += length;
                left--;
            } else if (length > buffer.length && to - from >= HEADER) {
                expectSuccess(from);
                skip(length - (to - from));
                from = to;
                left--;
            } else {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
                to += read(to, buffer.length - to);
            }
        }
    }

    private void skip(int bytes) throws IOException {
        int left = bytes;
        while (left > 0) {
            left -= read(0, Math.min(left, buffer.length));
        }
    }

    private int read(int at, int most) throws IOException {
        int read = in.read(buffer, at, most);
        if (read < 0) {
            throw new EOFException("the server closed the connection");
        }
        return read;
    }

    /** A header is a map that begins with the key 0 and the code in five bytes: 0, or an error's. */
    private void expectSuccess(int packet) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(buffer).position(packet + LENGTH + 1);
        if (header.get() != 0 || header.get() != (byte) 0xce || header.getInt() != 0) {
            byte[] start = Arrays.copyOfRange(buffer, packet, packet + 64);
            throw new IOException(
                    "expected a reply without an error, got " + HexFormat.of().formatHex(start));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
