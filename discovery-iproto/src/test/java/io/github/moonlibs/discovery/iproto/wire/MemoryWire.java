package io.github.moonlibs.discovery.iproto.wire;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;

/** A server that has said everything already; in pieces of at most a given size. */
public final class MemoryWire implements Wire {
    private final ByteArrayInputStream in;
    private final int pieces;

    public MemoryWire(byte[] bytes) {
        this(bytes, Integer.MAX_VALUE);
    }

    public MemoryWire(byte[] bytes, int pieces) {
        this.in = new ByteArrayInputStream(bytes);
        this.pieces = pieces;
    }

    @Override
    public int read(ByteBuffer into) {
        byte[] piece = new byte[Math.min(pieces, into.remaining())];
        int count = in.read(piece, 0, piece.length);
        into.put(piece, 0, Math.max(0, count));
        return count;
    }

    @Override
    public int write(ByteBuffer from) {
        throw new UnsupportedOperationException("this server only speaks");
    }

    @Override
    public SelectableChannel unblock() {
        throw new UnsupportedOperationException("this server never waits");
    }

    @Override
    public String localAddress() {
        return "memory";
    }

    @Override
    public void close() {}
}
