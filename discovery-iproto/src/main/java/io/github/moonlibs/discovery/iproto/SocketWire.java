package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** TCP, in the clear or with TLS on top. */
final class SocketWire implements Wire {
    private final Socket tcp;
    private final InputStream in;
    private final OutputStream out;

    /** @param top what speaks: the TCP socket itself, or the TLS socket over it */
    SocketWire(Socket tcp, Socket top) throws IOException {
        this.tcp = tcp;
        this.in = top.getInputStream();
        this.out = top.getOutputStream();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
    }

    @Override
    public String localAddress() {
        String host = tcp.getLocalAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + tcp.getLocalPort();
    }

    @Override
    public void close() {
        try {
            // Not the TLS socket: its close waits for a writer, and that may wait for a server that reads nothing.
            tcp.close();
        } catch (IOException alreadyGone) {
            // there is nothing left to close
        }
    }
}
