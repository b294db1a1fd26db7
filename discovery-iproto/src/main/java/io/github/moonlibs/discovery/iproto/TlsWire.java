package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLSocket;

/** TLS over TCP. It blocks: the JDK's way not to is an engine to be cranked by hand. */
final class TlsWire implements Wire {
    private final Socket tcp;
    private final InputStream in;
    private final OutputStream out;
    private final String localAddress;

    TlsWire(Socket tcp, SSLSocket tls, String localAddress) throws IOException {
        this.tcp = tcp;
        this.in = tls.getInputStream();
        this.out = tls.getOutputStream();
        this.localAddress = localAddress;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count = in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        into.position(into.position() + Math.max(0, count));
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        out.write(bytes);
        return bytes.length;
    }

    @Override
    public String localAddress() {
        return localAddress;
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
