package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A Unix socket. */
final class UnixWire implements Wire {
    private final SocketChannel channel;
    private final String path;

    UnixWire(String path) throws IOException {
        this.path = path;
        try {
            this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            throw new ConnectException("cannot connect (" + e.getMessage() + ")");
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(from, offset, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** This end has no name of its own. */
    @Override
    public String localAddress() {
        return "unix/:" + path;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // there is nothing left to close
        }
    }
}
