package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The stream from a server, cut into packets, which are read as what a packet can be. The first byte says how many
 * bytes each read of the connection brings: packets must not depend on that.
 */
public final class FramesTarget implements Target {
    private static final int MOST = 4_096;

    private static final List<Kind> KINDS = List.of(
            new Kind("result", packet -> packet.result(Types.plain(), "f").size()),
            new Kind("error", packet -> packet.error().code()),
            new Kind("protocol", ServerPacket::protocol),
            new Kind("key", ServerPacket::eventKey),
            new Kind("value", packet -> packet.eventValue(Types.plain(), "f").size()),
            new Kind("event", ServerPacket::isTrueEvent));

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    @Override
    public boolean read(byte[] input) {
        if (input.length == 0) {
            return false;
        }
        List<String> inPieces = new ArrayList<>();
        List<String> atOnce = new ArrayList<>();
        boolean accepted = read(input, 1 + (input[0] & 0xff), inPieces);
        read(input, input.length, atOnce);
        if (!inPieces.equals(atOnce)) {
            throw new IllegalStateException("read in pieces " + inPieces + ", at once " + atOnce);
        }
        return accepted;
    }

    private static boolean read(byte[] input, int atATime, List<String> packets) {
        Frames frames = new Frames(MOST);
        try {
            for (int at = 1; at < input.length; at += atATime) {
                frames.read(
                        input,
                        at,
                        Math.min(input.length, at + atATime),
                        packet -> packets.add(described(packet, packets.size())));
            }
            return !packets.isEmpty();
        } catch (IOException refused) {
            return Refusal.check(refused);
        }
    }

    /** The first packet is read as everything that a packet can be, each further one as one of these in turn. */
    private static String described(ServerPacket packet, int ordinal) {
        StringBuilder kinds = new StringBuilder(packet.type() + " " + packet.sync());
        for (int i = 0; i < KINDS.size(); i++) {
            if (ordinal == 0 || ordinal % KINDS.size() == i) {
                add(kinds, packet, KINDS.get(i));
            }
        }
        return kinds.toString();
    }

    private record Kind(String name, Reader reader) {}

    private interface Reader {
        Object read(ServerPacket packet) throws MalformedException;
    }

    private static void add(StringBuilder kinds, ServerPacket packet, Kind kind) {
        try {
            kinds.append(' ').append(kind.name).append(' ').append(kind.reader.read(packet));
        } catch (MalformedException refused) {
            Refusal.check(refused);
        }
    }
}
