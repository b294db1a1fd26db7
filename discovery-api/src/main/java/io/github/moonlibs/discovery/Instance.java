package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.Map;

/**
 * One member of a topology: an endpoint with the name and the labels that operators know it by. Immutable and thread-safe.
 *
 * @param endpoint where it listens
 * @param name its name; the address where the source knows no name
 * @param labels what the source knows about it, for example {@code cluster}, {@code zone} or {@code master}
 */
public record Instance(Endpoint endpoint, String name, Map<String, String> labels) {
    /** Copies the labels. */
    public Instance {
        labels = Map.copyOf(labels);
    }

    /** An instance of which only the endpoint is known. */
    public static Instance of(Endpoint endpoint) {
        return new Instance(endpoint, endpoint.address(), Map.of());
    }

    /** An instance with a name. */
    public static Instance of(String name, Endpoint endpoint) {
        return new Instance(endpoint, name, Map.of());
    }

    /** The name, and the address where the name is not the address. Of a long name the beginning. */
    @Override
    public String toString() {
        String address = endpoint.address();
        return name.equals(address) ? address : SafeText.name(name) + " (" + address + ")";
    }
}
