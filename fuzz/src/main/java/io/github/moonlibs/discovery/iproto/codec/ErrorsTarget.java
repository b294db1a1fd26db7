package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** The body of an error, with its causes. */
public final class ErrorsTarget implements Target {
    @Override
    public String name() {
        return "errors";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        ServerPacket packet = Packets.error(input);
        try {
            TarantoolError error = packet.error();
            return Objects.hash(error, error.toString()) != 0;
        } catch (MalformedException refused) {
            return Refusal.check(refused);
        }
    }
}
