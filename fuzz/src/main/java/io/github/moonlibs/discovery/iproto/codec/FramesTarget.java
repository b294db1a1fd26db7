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
 * The stream from a server, cut into packets, each read as everything that a packet can be. The first byte says how many
 * bytes each read of the connection brings: packets must not depend on that.
 */
public final class FramesTarget implements Target {
    private static final int MOST = 4_096;

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
                frames.read(input, at, Math.min(input.length, at + atATime), packet -> packets.add(described(packet)));
            }
            return !packets.isEmpty();
        } catch (IOException refused) {
            return Refusal.check(refused);
        }
    }

    private static String described(ServerPacket packet) {
        StringBuilder kinds = new StringBuilder(packet.type() + " " + packet.sync());
        add(kinds, " result", () -> packet.result(Types.plain(), "f").size());
        add(kinds, " error", () -> packet.error().code());
        add(kinds, " protocol", packet::protocol);
        add(kinds, " key", packet::eventKey);
        add(kinds, " value", () -> packet.eventValue(Types.plain(), "f").size());
        add(kinds, " event", packet::isTrueEvent);
        return kinds.toString();
    }

    private interface Kind {
        Object read() throws MalformedException;
    }

    private static void add(StringBuilder kinds, String name, Kind kind) {
        try {
            kinds.append(name).append(' ').append(kind.read());
        } catch (MalformedException refused) {
            Refusal.check(refused);
        }
    }
}
