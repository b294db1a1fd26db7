package com.example.discovery.plugin;

import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.nio.file.Path;
import java.time.Duration;

/** Opens topology sources for URIs such as {@code lines:/etc/app/nodes.txt}. A relative path is allowed. */
public final class FileTopologyProvider implements TopologyProvider {
    private static final String SCHEME = "lines";
    /** Rare enough to cost nothing, and frequent enough for an operator that watches. */
    private static final Duration POLL = Duration.ofMillis(200);

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TopologySource open(String uri) {
        String path = uri.substring(uri.indexOf(':') + 1);
        // lines:///etc/nodes.txt has an empty host between its second and third slash
        String file = path.startsWith("///") ? path.substring(2) : path;
        if (file.isBlank() || file.startsWith("//")) {
            throw new IllegalArgumentException(
                    "topology \"" + uri + "\": expected the path of a file, as in lines:/etc/app/nodes.txt");
        }
        return new FileTopology(Path.of(file), POLL);
    }
}
