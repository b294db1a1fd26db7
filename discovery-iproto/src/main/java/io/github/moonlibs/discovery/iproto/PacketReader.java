package io.github.moonlibs.discovery.iproto;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into packets. It holds nothing but the beginning of a packet whose end has not come, and never makes
 * room for more than twice of what has come. Not thread-safe.
 */
final class PacketReader {
    private static final int NO_LENGTH = -1;
    private static final int LOGIN_BUFFER = 4 << 10;

    private final int maxSize;

    // of the packet that is being read; its length may itself have come in part
    private int lengthBytesLeft = NO_LENGTH;
    private long length;
    private byte @Nullable [] begun;
    private int have;

    /** @param maxSize the largest packet that is read, in bytes */
    PacketReader(int maxSize) {
        this.maxSize = maxSize;
    }

    /** What takes packets. */
    interface Sink {
        void accept(Packet packet) throws IOException;
    }

    /** Hands on every packet that is complete with these bytes. They may be overwritten afterwards. */
    void read(byte[] bytes, int from, int to, Sink sink) throws IOException {
        int at = from;
        while (at < to) {
            if (lengthBytesLeft != 0) {
                at = readLength(bytes, at, to);
                if (lengthBytesLeft != 0) {
                    return;
                }
            }
            int missing = (int) length - have;
            int taken = Math.min(missing, to - at);
            byte[] packet = append(bytes, at, taken);
            at += taken;
            if (taken == missing) {
                begun = null;
                have = 0;
                lengthBytesLeft = NO_LENGTH;
                sink.accept(Packet.decode(packet));
            }
        }
    }

    /** Any unsigned number of msgpack. */
    private int readLength(byte[] bytes, int from, int to) throws IOException {
        int at = from;
        if (lengthBytesLeft == NO_LENGTH) {
            int first = bytes[at++] & 0xff;
            lengthBytesLeft = switch (first) {
                case 0xcc -> 1;
                case 0xcd -> 2;
                case 0xce -> 4;
                case 0xcf -> 8;
                default -> 0;
            };
            if (lengthBytesLeft == 0 && first > 0x7f) {
                throw new MalformedException("expected a packet's length, an unsigned number of msgpack, got 0x"
                        + Integer.toHexString(first));
            }
            length = lengthBytesLeft == 0 ? first : 0;
        }
        while (lengthBytesLeft > 0 && at < to) {
            length = (length << 8) | (bytes[at++] & 0xff);
            lengthBytesLeft--;
        }
        if (lengthBytesLeft == 0 && (length < 0 || length > maxSize)) {
            throw new MalformedException("expected a reply of at most " + maxSize + " bytes (option maxReplySize), got"
                    + " one of " + Long.toUnsignedString(length));
        }
        return at;
    }

    private byte[] append(byte[] bytes, int from, int count) {
        byte[] packet = begun;
        if (packet == null) {
            packet = Arrays.copyOfRange(bytes, from, from + count);
        } else {
            if (have + count > packet.length) {
                packet = Arrays.copyOf(packet, (int) Math.min(length, Math.max(2L * have, have + count)));
            }
            System.arraycopy(bytes, from, packet, have, count);
        }
        begun = packet;
        have += count;
        return packet;
    }

    /**
     * Waits for a packet; for the time when a request is sent only after the reply to the one before.
     *
     * @throws EOFException if the server closed the connection
     */
    Packet next(Wire wire) throws IOException {
        ArrayDeque<Packet> packets = new ArrayDeque<>();
        ByteBuffer buffer = ByteBuffer.allocate(LOGIN_BUFFER);
        while (packets.isEmpty()) {
            if (wire.read(buffer.clear()) < 0) {
                throw closedByServer();
            }
            read(buffer.array(), 0, buffer.position(), packets::add);
        }
        if (packets.size() > 1) {
            throw new MalformedException("expected one reply to one request, got " + packets.size());
        }
        return packets.getFirst();
    }

    static EOFException closedByServer() {
        return new EOFException("closed by the server");
    }
}
