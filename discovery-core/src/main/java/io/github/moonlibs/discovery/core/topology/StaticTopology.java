package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.util.Arrays;
import java.util.List;

/** The topology that is its own URI: {@code static:} and endpoints, separated by commas. */
public final class StaticTopology implements TopologyProvider {
    /** For ServiceLoader. */
    public StaticTopology() {}

    @Override
    public String scheme() {
        return "static";
    }

    @Override
    public TopologySource open(String uri) {
        List<Instance> instances = Arrays.stream(
                        uri.substring("static:".length()).split(",", -1))
                .map(endpoint -> Instance.of(Endpoint.parse(endpoint.strip())))
                .toList();
        return new Source(instances);
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
