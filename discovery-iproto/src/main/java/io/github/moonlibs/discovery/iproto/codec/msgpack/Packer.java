package io.github.moonlibs.discovery.iproto.codec.msgpack;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.buffer.MessageBuffer;
import org.msgpack.core.buffer.MessageBufferOutput;

/**
 * msgpack-java's packer, to be used again and again: making one with its buffer costs more than packing a request. Those
 * at rest lie in a few slots, and whoever finds his slot empty makes another.
 */
public final class Packer {
    private static final int SLOTS = 16;
    private static final AtomicReferenceArray<@Nullable Packer> RESTING = new AtomicReferenceArray<>(SLOTS);

    /** A packer that has grown beyond this is not kept. */
    private static final int MAX_KEPT = 64 << 10;

    private final Output output = new Output();
    private final MessagePacker packer = MessagePack.DEFAULT_PACKER_CONFIG.newPacker(output);

    private Packer() {}

    /** What is to be packed. */
    public interface Content {
        void pack(MessagePacker out) throws IOException;
    }

    /**
     * Packs.
     *
     * @param header bytes that are left free at the front
     */
    public static byte[] pack(int header, Content content) throws IOException {
        // a carrier runs one thread after another, but two carriers never run the same: neighbours rarely collide
        int slot = (int) Thread.currentThread().threadId() & SLOTS - 1;
        Packer resting = RESTING.getAndSet(slot, null);
        Packer packer = resting == null ? new Packer() : resting;
        byte[] packed = packer.packed(header, content);
        // one that failed is dropped, with whatever is half packed in it
        if (packer.output.bytes.length <= MAX_KEPT) {
            RESTING.set(slot, packer);
        }
        return packed;
    }

    private byte[] packed(int header, Content content) throws IOException {
        output.size = header;
        content.pack(packer);
        packer.flush();
        return Arrays.copyOf(output.bytes, output.size);
    }

    /** Where the packer leaves what it has packed, in pieces. */
    private static final class Output implements MessageBufferOutput {
        private static final int PIECE = 512;

        private final MessageBuffer piece = Msgpack.buffer(PIECE);
        private MessageBuffer current = piece;
        byte[] bytes = new byte[PIECE];
        int size;

        @Override
        public MessageBuffer next(int minimumSize) {
            current = minimumSize <= PIECE ? piece : Msgpack.buffer(minimumSize);
            return current;
        }

        @Override
        public void writeBuffer(int length) {
            int start = room(length);
            current.getBytes(0, bytes, start, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            int start = room(length);
            System.arraycopy(from, offset, bytes, start, length);
        }

        @Override
        public void add(byte[] from, int offset, int length) {
            write(from, offset, length);
        }

        /** Makes room for so many bytes more, and says where. */
        private int room(int length) {
            int start = size;
            size = Math.addExact(size, length);
            if (size > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
            }
            return start;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
