package io.github.moonlibs.discovery.core.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;

/** URIs that list endpoints. */
public final class StaticUriTarget implements Target {
    @Override
    public String name() {
        return "static-uri";
    }

    @Override
    public int bytesAByte() {
        return BYTES_A_BYTE_OF_ENDPOINTS;
    }

    /** Once as it is, and once as what follows the beginning of a password. */
    @Override
    public boolean read(byte[] input) {
        String text = new String(input, UTF_8);
        open("static:app:" + Refusal.SECRET + text);
        return open("static:" + text);
    }

    private static boolean open(String uri) {
        try {
            return !new StaticTopology().open(uri).toString().isEmpty();
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
