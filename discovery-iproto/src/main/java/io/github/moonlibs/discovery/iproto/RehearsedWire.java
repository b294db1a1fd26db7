package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.moonlibs.discovery.iproto.codec.Greeting;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.msgpack.Packer;
import io.github.moonlibs.discovery.iproto.wire.BriefThreads;
import io.github.moonlibs.discovery.iproto.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;

/** A server in memory, which greets and answers every request with the same reply; and the wire to it. */
final class RehearsedWire implements Wire {
    private static final int SALT_SIZE = 44;

    // in a request as this library encodes it
    private static final int REQUEST_LENGTH_AT = 1;
    private static final int REQUEST_SYNC_AT = 10;
    private static final int REQUEST_START = 5;

    /** The header that every known server sends, its length included. */
    private static final int REPLY_HEADER = 28;

    private final String localAddress;
    private final Pipe pipe = Pipe.open();

    /** Greets from a thread of its own, so that the reader has to wait, which needs most of all. */
    RehearsedWire(String localAddress) throws IOException {
        this.localAddress = localAddress;
        BriefThreads.PLATFORM.start("discovery-rehearsal", this::greet);
    }

    private void greet() {
        String greeting = "%-63s\n%-63s\n".formatted("Tarantool 0 (Binary) rehearsal", "A".repeat(SALT_SIZE));
        try {
            send(ByteBuffer.wrap(greeting.getBytes(ISO_8859_1), 0, Greeting.SIZE));
        } catch (IOException e) {
            // the reader learns of it by the end
            close();
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            pipe.sink().write(bytes);
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return pipe.source().read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int start = from.position();
        while (from.hasRemaining()) {
            int request = from.position();
            send(reply(from.getLong(request + REQUEST_SYNC_AT)));
            from.position(request + REQUEST_START + from.getInt(request + REQUEST_LENGTH_AT));
        }
        return from.position() - start;
    }

    private static ByteBuffer reply(long sync) throws IOException {
        byte[] reply = Packer.pack(
                REPLY_HEADER,
                out -> out.packMapHeader(1)
                        .packInt(Iproto.DATA)
                        .packArrayHeader(1)
                        .packMapHeader(1)
                        .packString("values")
                        .packArrayHeader(4)
                        .packBoolean(true)
                        .packLong(1)
                        .packDouble(0.5)
                        .packNil());
        ByteBuffer bytes = ByteBuffer.wrap(reply);
        bytes.put((byte) 0xce).putInt(reply.length - REQUEST_START);
        bytes.put((byte) 0x83).put((byte) Iproto.REQUEST_TYPE).put((byte) 0xce).putInt(Iproto.OK);
        bytes.put((byte) Iproto.SYNC).put((byte) 0xcf).putLong(sync);
        bytes.put((byte) 0x05).put((byte) 0xce).putInt(1);
        return bytes.rewind();
    }

    @Override
    public SelectableChannel unblock() throws IOException {
        return pipe.source().configureBlocking(false);
    }

    @Override
    public String localAddress() {
        return localAddress;
    }

    @Override
    public void close() {
        close(pipe.sink());
        close(pipe.source());
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone already
        }
    }
}
