package io.github.moonlibs.discovery.iproto.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS over TCP. The engine locks inside, for reading and writing alike, and a virtual thread that waited for that lock
 * without a carrier would hold up all the others. So the loop's thread alone reads and writes.
 */
final class TlsWire implements Wire {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final String localAddress;

    // each to be read from; the first and the last hold at most one record that is not complete
    private ByteBuffer received;
    private ByteBuffer decrypted;
    private ByteBuffer encrypted;
    private boolean starved = true;

    TlsWire(SocketChannel channel, SSLEngine engine, String localAddress) {
        this.channel = channel;
        this.engine = engine;
        this.localAddress = localAddress;
        received = empty(engine.getSession().getPacketBufferSize());
        decrypted = empty(engine.getSession().getApplicationBufferSize());
        encrypted = empty(engine.getSession().getPacketBufferSize());
    }

    private static ByteBuffer empty(int size) {
        return ByteBuffer.allocate(size).flip();
    }

    /** For the time when the channel still waits. */
    void shakeHands() throws IOException {
        engine.beginHandshake();
        try {
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> runTasks();
                    case NEED_WRAP -> wrap(NOTHING);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        SSLEngineResult result = unwrap(decrypted.clear());
                        decrypted.flip();
                        if (result.getStatus() == SSLEngineResult.Status.CLOSED || (starved && receive() < 0)) {
                            throw new EOFException("closed by the server");
                        }
                    }
                    case FINISHED, NOT_HANDSHAKING -> {
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            sayGoodbye();
            throw e;
        }
    }

    /** Lets the server know why, if it still listens. */
    private void sayGoodbye() {
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING);
            }
        } catch (IOException alreadyGone) {
            // then it does not
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        while (true) {
            take(into);
            int got = into.position() - before;
            if (!into.hasRemaining() || (starved && got > 0)) {
                return got;
            }
            if (starved) {
                int count = receive();
                if (count <= 0) {
                    return count;
                }
            }
            decrypted.clear();
            SSLEngineResult result = unwrap(decrypted);
            decrypted.flip();
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                return got > 0 ? got : -1;
            }
            if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                runTasks();
            }
        }
    }

    /** Passes on what is decrypted. */
    private void take(ByteBuffer into) {
        int count = Math.min(into.remaining(), decrypted.remaining());
        into.put(into.position(), decrypted, decrypted.position(), count);
        into.position(into.position() + count);
        decrypted.position(decrypted.position() + count);
    }

    private SSLEngineResult unwrap(ByteBuffer into) throws SSLException {
        SSLEngineResult result = engine.unwrap(received, into);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            // the session has made its records larger
            decrypted = ByteBuffer.allocate(
                    Math.max(2 * decrypted.capacity(), engine.getSession().getApplicationBufferSize()));
            result = engine.unwrap(received, decrypted);
        }
        starved = result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW;
        return result;
    }

    private int receive() throws IOException {
        if (received.remaining() == received.capacity()) {
            received = ByteBuffer.allocate(2 * received.capacity()).put(received);
        } else {
            received.compact();
        }
        int count;
        try {
            count = channel.read(received);
        } finally {
            received.flip();
        }
        starved = count <= 0;
        return count;
    }

    @Override
    public boolean hasUnread() {
        return decrypted.hasRemaining() || (!starved && received.hasRemaining());
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int before = from.position();
        // a record of the handshake's kind may have to go first
        while (flush() && from.hasRemaining() && from.position() == before) {
            wrap(from);
        }
        return from.position() - before;
    }

    private void wrap(ByteBuffer from) throws IOException {
        encrypted.clear();
        SSLEngineResult result = engine.wrap(from, encrypted);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            encrypted = ByteBuffer.allocate(
                    Math.max(2 * encrypted.capacity(), engine.getSession().getPacketBufferSize()));
            result = engine.wrap(from, encrypted);
        }
        encrypted.flip();
        flush();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new EOFException("closed by the server");
        }
    }

    @Override
    public boolean flush() throws IOException {
        while (encrypted.hasRemaining()) {
            if (channel.write(encrypted) == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean forLoopOnly() {
        return true;
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
