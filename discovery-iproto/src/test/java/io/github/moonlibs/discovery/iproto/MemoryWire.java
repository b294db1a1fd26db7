package io.github.moonlibs.discovery.iproto;

import java.io.ByteArrayInputStream;

/** A server that has said everything already; in pieces of at most a given size. */
final class MemoryWire implements Wire {
    private final ByteArrayInputStream in;
    private final int pieces;

    MemoryWire(byte[] bytes) {
        this(bytes, Integer.MAX_VALUE);
    }

    MemoryWire(byte[] bytes, int pieces) {
        this.in = new ByteArrayInputStream(bytes);
        this.pieces = pieces;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        return in.read(into, offset, Math.min(pieces, length));
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        throw new UnsupportedOperationException("this server only speaks");
    }

    @Override
    public String localAddress() {
        return "memory";
    }

    @Override
    public void close() {}
}
