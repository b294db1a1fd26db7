package io.github.moonlibs.discovery.iproto;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Cuts the stream into packets. Never makes room for more than twice of what has come. Not thread-safe. */
final class PacketReader {
    private static final int BUFFER = 32 << 10;

    private final Wire wire;
    private final int maxSize;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;

    /** @param maxSize the largest packet that is read, in bytes */
    PacketReader(Wire wire, int maxSize) {
        this.wire = wire;
        this.maxSize = maxSize;
    }

    /** @throws EOFException if the server closed the connection */
    Packet next() throws IOException {
        return Packet.decode(take(length()));
    }

    /** Any unsigned number of msgpack. */
    private int length() throws IOException {
        int first = readByte();
        int bytes = switch (first) {
            case 0xcc -> 1;
            case 0xcd -> 2;
            case 0xce -> 4;
            case 0xcf -> 8;
            default -> 0;
        };
        if (bytes == 0 && first > 0x7f) {
            throw new MalformedException(
                    "expected a packet's length, an unsigned number of msgpack, got 0x" + Integer.toHexString(first));
        }
        long length = bytes == 0 ? first : 0;
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | readByte();
        }
        if (length < 0 || length > maxSize) {
            throw new MalformedException("expected a reply of at most " + maxSize + " bytes (option maxReplySize), got"
                    + " one of " + Long.toUnsignedString(length));
        }
        return (int) length;
    }

    private int readByte() throws IOException {
        if (from == to) {
            from = 0;
            to = 0;
            to = read(buffer, 0);
        }
        return buffer[from++] & 0xff;
    }

    private byte[] take(int length) throws IOException {
        int have = Math.min(to - from, length);
        byte[] packet = Arrays.copyOfRange(buffer, from, from + Math.min(length, Math.max(have, BUFFER)));
        from += have;
        while (have < length) {
            if (have == packet.length) {
                packet = Arrays.copyOf(packet, (int) Math.min(length, 2L * have));
            }
            have += read(packet, have);
        }
        return packet;
    }

    private int read(byte[] into, int at) throws IOException {
        int count = wire.read(into, at, into.length - at);
        if (count < 0) {
            throw new EOFException("closed by the server");
        }
        return count;
    }
}
