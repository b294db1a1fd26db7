package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The topology that is its own URI: {@code static:} and endpoints, separated by commas. In their users and passwords, {@code
 * %2C} is a comma and {@code %25} a percent sign.
 */
public final class StaticTopology implements TopologyProvider {
    private static final String ESCAPES = "In a user or a password of this list, a comma is written %2C, and a percent"
            + " sign before 2C or 25 is written %25; the option credentials takes both as they are";

    /** For ServiceLoader. */
    public StaticTopology() {}

    @Override
    public String scheme() {
        return "static";
    }

    @Override
    public TopologySource open(String uri) {
        return new Source(instances("static topology", uri.substring("static:".length())));
    }

    /** @param what the list is, for a message about one of its endpoints */
    static List<Instance> instances(String what, String list) {
        String[] endpoints = list.split(",", -1);
        List<Instance> instances = new ArrayList<>();
        for (String endpoint : endpoints) {
            instances.add(instance(what, endpoint.strip(), instances.size() + 1, endpoints.length));
        }
        return instances;
    }

    private static Instance instance(String what, String text, int number, int all) {
        try {
            Endpoint endpoint = Endpoint.parse(text);
            return Instance.of(endpoint.withCredentials(decoded(endpoint.user()), decoded(endpoint.password())));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    what + ", " + number + " of " + all + ": " + wrong.getMessage() + ". " + ESCAPES, wrong);
        }
    }

    /** A comma ends an endpoint, so that a user or a password can only have one that is written otherwise. */
    private static @Nullable String decoded(@Nullable String text) {
        if (text == null || text.indexOf('%') < 0) {
            return text;
        }
        // the percent sign last: what it stands for begins no other escape
        return text.replace("%2C", ",").replace("%2c", ",").replace("%25", "%");
    }

    private record Source(List<Instance> instances) implements TopologySource {
        @Override
        public void follow(Sink sink) {
            sink.publish(instances);
        }

        @Override
        public String toString() {
            return "static topology of " + instances.size();
        }
    }
}
