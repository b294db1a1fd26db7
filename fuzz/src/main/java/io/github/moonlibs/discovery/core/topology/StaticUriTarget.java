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
    public boolean read(byte[] input) {
        try {
            return !new StaticTopology()
                    .open("static:" + new String(input, UTF_8))
                    .toString()
                    .isEmpty();
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
