package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into packets. A packet that does not come in one read is kept in pieces, and the caller that it is for
 * joins them: no read copies more than it has brought. Of a packet that is larger than allowed, or that the heap has no
 * room for, the header is kept and the rest is skipped, so that it fails its own call alone. Not thread-safe.
 */
public final class Frames {
    private static final int NO_LENGTH = -1;

    /** Room for a header, whichever server sends it. */
    private static final int HEAD = 64;

    /** Pieces grow with what has come: a length alone never makes this side allocate. */
    private static final int SMALLEST_PIECE = 16 << 10;

    private static final int LARGEST_PIECE = 256 << 10;

    private final int maxSize;

    // of the packet that is being read; its length may itself have come in part
    private int lengthBytesLeft = NO_LENGTH;
    private long length;
    private long left;

    // the pieces that are full, and the one that is being filled; of a packet that is skipped only its beginning
    private List<byte[]> full = List.of();
    private byte @Nullable [] piece;
    private int have;
    private @Nullable String refusal;

    /** @param maxSize the largest packet that is read, in bytes */
    public Frames(int maxSize) {
        this.maxSize = maxSize;
    }

    /** The largest packet that is read, in bytes. */
    public int maxSize() {
        return maxSize;
    }

    /** Takes packets. */
    public interface Sink {
        void accept(ServerPacket packet) throws IOException;
    }

    /**
     * Hands on every packet that is complete with these bytes. They may be overwritten afterwards.
     *
     * @throws MalformedException if the stream is not the protocol; where the next packet begins is unknown then
     */
    public void read(byte[] bytes, int from, int to, Sink sink) throws IOException {
        int at = from;
        while (at < to) {
            if (lengthBytesLeft != 0) {
                at = readLength(bytes, at, to);
                if (lengthBytesLeft != 0) {
                    return;
                }
                left = length;
            }
            int count = (int) Math.min(left, to - at);
            if (count == length) {
                whole(bytes, at, count, sink);
            } else {
                part(bytes, at, count, sink);
            }
            at += count;
            if (left == 0) {
                begin();
            }
        }
    }

    private void begin() {
        lengthBytesLeft = NO_LENGTH;
        full = List.of();
        piece = null;
        have = 0;
        refusal = null;
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
        if (lengthBytesLeft == 0 && (length < 0 || length > Integer.MAX_VALUE)) {
            // no server sends packets of 2 GiB: this is no length
            throw new MalformedException(tooLarge());
        }
        return at;
    }

    private String tooLarge() {
        return "expected a reply of at most " + maxSize + " bytes (option maxReplySize), got one of "
                + Long.toUnsignedString(length);
    }

    private void whole(byte[] bytes, int at, int count, Sink sink) throws IOException {
        if (count > maxSize) {
            refusal = tooLarge();
            part(bytes, at, count, sink);
            return;
        }
        byte[] packet;
        try {
            packet = Arrays.copyOfRange(bytes, at, at + count);
        } catch (OutOfMemoryError noRoom) {
            refuse();
            part(bytes, at, count, sink);
            return;
        }
        left = 0;
        sink.accept(ServerPacket.decode(packet));
    }

    private void part(byte[] bytes, int from, int count, Sink sink) throws IOException {
        if (left == length && length > maxSize) {
            refusal = tooLarge();
        }
        int at = from;
        int to = from + count;
        while (at < to) {
            byte[] into = piece == null ? nextPiece(sink) : piece;
            if (into == null) {
                // skipped: the call knows already
                left -= to - at;
                return;
            }
            int taken = Math.min(into.length - have, to - at);
            System.arraycopy(bytes, at, into, have, taken);
            at += taken;
            have += taken;
            left -= taken;
            if (have == into.length) {
                filled(into, sink);
            }
        }
    }

    /** Where the next bytes go; null: nowhere. */
    private byte @Nullable [] nextPiece(Sink sink) throws IOException {
        boolean first = left == length;
        if (refusal == null) {
            try {
                return start(Math.clamp(length - left, SMALLEST_PIECE, LARGEST_PIECE));
            } catch (OutOfMemoryError noRoom) {
                refuse();
            }
            if (!first) {
                byte[] head = full.getFirst();
                full = List.of();
                sink.accept(ServerPacket.unreadable(head, String.valueOf(refusal)));
            }
        }
        return first ? start(HEAD) : null;
    }

    private byte[] start(int room) {
        byte[] started = new byte[(int) Math.min(room, left)];
        piece = started;
        have = 0;
        return started;
    }

    private void refuse() {
        refusal = "expected heap for a reply of " + length + " bytes, got none";
    }

    private void filled(byte[] into, Sink sink) throws IOException {
        piece = null;
        if (refusal != null) {
            sink.accept(ServerPacket.unreadable(into, refusal));
        } else if (left == 0) {
            sink.accept(full.isEmpty() ? ServerPacket.decode(into) : ServerPacket.decode(full, into));
        } else {
            if (full.isEmpty()) {
                full = new ArrayList<>();
            }
            full.add(into);
        }
    }
}
