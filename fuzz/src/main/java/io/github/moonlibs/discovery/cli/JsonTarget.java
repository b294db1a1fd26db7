package io.github.moonlibs.discovery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.util.List;
import java.util.Map;

/** An argument of the command line, in JSON, and written as JSON again. */
public final class JsonTarget implements Target {
    @Override
    public String name() {
        return "json";
    }

    /** A number such as {@code 1e480} is written with all of its digits. */
    @Override
    public int bytesAByte() {
        return 4 * BYTES_A_BYTE;
    }

    @Override
    public boolean read(byte[] input) {
        try {
            List<?> values = Arguments.parse(List.of(new String(input, UTF_8)));
            return !Json.line(Map.of("values", values)).isEmpty();
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
