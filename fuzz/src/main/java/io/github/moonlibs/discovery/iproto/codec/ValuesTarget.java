package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.List;

/** A returned value, as what it is. */
public final class ValuesTarget implements Target {
    @Override
    public String name() {
        return "values";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        ServerPacket packet = Packets.reply(input);
        try {
            Result result = packet.result(Types.plain(), "f");
            result.get(0);
            return result.values().size() == 1 && !result.toString().isEmpty();
        } catch (MalformedException | ConversionException refused) {
            return Refusal.check(refused);
        }
    }
}
