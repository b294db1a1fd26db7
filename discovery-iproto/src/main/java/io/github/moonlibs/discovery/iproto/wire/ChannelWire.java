package io.github.moonlibs.discovery.iproto.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/** TCP or a Unix socket, in the clear. */
final class ChannelWire implements Wire {
    private final SocketChannel channel;
    private final String localAddress;

    ChannelWire(SocketChannel channel, String localAddress) {
        this.channel = channel;
        this.localAddress = localAddress;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public SelectableChannel unblock() throws IOException {
        return channel.configureBlocking(false);
    }

    @Override
    public String localAddress() {
        return localAddress;
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
