package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.iproto.codec.Frames;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.loop.IoLoop;
import io.github.moonlibs.discovery.iproto.loop.IoLoops;
import io.github.moonlibs.discovery.iproto.loop.Nobody;
import io.github.moonlibs.discovery.iproto.wire.MemoryWire;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    /** The reply to a ping, with its length. */
    private static final byte[] PACKET =
            HexFormat.of().parseHex("ce00000018" + "8300ce0000000001cf000000000000000105ce00000001" + "80");

    @Test
    void whatFollowsALostReadIsNotReadEvenIfTheConnectionCannotBeEnded() throws Exception {
        ByteBuffer twice = ByteBuffer.allocate(2 * PACKET.length).put(PACKET).put(PACKET);
        List<Long> read = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        IoLoop loop = IoLoops.join(1);
        Pipe pipe = Pipe.open();
        try {
            Receiver receiver = new Receiver(
                    // the second read begins in the middle of a packet
                    new MemoryWire(twice.array(), PACKET.length - 3),
                    new Frames(1_000),
                    packet -> {
                        read.add(packet.sync());
                        throw new OutOfMemoryError("thrown by a test");
                    },
                    new InFlight(0),
                    loop,
                    pipe.source(),
                    (reason, cause) -> {
                        reasons.add(reason);
                        throw new OutOfMemoryError("thrown by a test");
                    });
            ByteBuffer buffer = ByteBuffer.allocate(1_000);
            receiver.readable(buffer);
            assertThat(read).isEmpty();
            assertThatThrownBy(() -> receiver.readable(buffer)).isInstanceOf(OutOfMemoryError.class);
            assertThat(read).containsExactly(1L);

            for (int i = 0; i < 3; i++) {
                receiver.readable(buffer);
            }
            assertThat(read).containsExactly(1L);
            assertThat(reasons)
                    .containsExactly("a defect of this library: java.lang.OutOfMemoryError: thrown by a test");
        } finally {
            pipe.source().close();
            pipe.sink().close();
            loop.leave(new Nobody());
        }
    }
}
