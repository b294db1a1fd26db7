package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;

/** Results for targets in other packages. */
public final class Results {
    private Results() {}

    /** What a procedure returned: one value. */
    public static Result of(byte[] value) throws IOException {
        return Packets.reply(value).result(Types.plain(), "f");
    }
}
