package io.github.moonlibs.discovery.iproto.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.iproto.codec.values.ValueWriter;
import io.github.moonlibs.discovery.iproto.codec.values.Values;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the stream is cut into packets. */
class FramesTest {
    private final List<ServerPacket> packets = new ArrayList<>();

    private static byte[] reply(long sync, int size) throws IOException {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) i;
        }
        return FakeServer.packet(0, sync, Values.packed(out -> {
            out.packMapHeader(1).packInt(Iproto.DATA);
            ValueWriter.writeArguments(Types.plain(), out, List.of(content));
        }));
    }

    private void read(Frames frames, byte[] bytes, int atOnce) throws IOException {
        for (int at = 0; at < bytes.length; at += atOnce) {
            frames.read(bytes, at, Math.min(bytes.length, at + atOnce), packets::add);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4_096, 65_536, 10_000_000})
    void aPacketIsTheSameHoweverItComes(int atOnce) throws IOException {
        Frames frames = new Frames(10_000_000);
        int[] sizes = {0, 1, 100, 16_000, 20_000, 70_000, 1_000_000};
        for (int i = 0; i < sizes.length; i++) {
            read(frames, reply(i + 1, sizes[i]), atOnce);
        }
        assertThat(packets).hasSize(sizes.length);
        for (int i = 0; i < sizes.length; i++) {
            assertThat(packets.get(i).sync()).isEqualTo(i + 1);
            byte[] content = packets.get(i).result(Types.plain(), "f").get(0, byte[].class);
            assertThat(content).hasSize(sizes[i]);
            assertThat(content == null || sizes[i] == 0 || content[sizes[i] - 1] == (byte) (sizes[i] - 1))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 4_096, 1_000_000})
    void ofAPacketThatIsTooLargeTheHeaderIsKeptAndTheRestIsSkipped(int atOnce) throws IOException {
        Frames frames = new Frames(1_000);
        byte[] large = reply(7, 100_000);
        read(frames, Arrays.copyOf(large, 80), atOnce);
        assertThat(packets).as("known before all of it has come").hasSize(1);
        read(frames, Arrays.copyOfRange(large, 80, large.length), atOnce);
        read(frames, reply(8, 100), atOnce);
        assertThat(packets).extracting(ServerPacket::sync).containsExactly(7L, 8L);
        assertThatThrownBy(() -> packets.getFirst().result(Types.plain(), "f"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("expected a reply of at most 1000 bytes (option maxReplySize), got one of ");
        assertThat(packets.getLast().result(Types.plain(), "f").get(0, byte[].class))
                .hasSize(100);
    }

    @Test
    void aLengthAloneAllocatesNothing() throws IOException {
        Frames frames = new Frames(Integer.MAX_VALUE);
        byte[] header = {(byte) 0xce, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        frames.read(header, 0, header.length, packets::add);
        frames.read(new byte[100_000], 0, 100_000, packets::add);
        assertThat(packets).isEmpty();
    }
}
