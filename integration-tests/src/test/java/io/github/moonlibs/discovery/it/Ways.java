package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.util.Arrays;
import java.util.List;

/** The ways in which this machine can run real servers; at least one is required. */
final class Ways {
    private Ways() {}

    static List<Via> had() {
        List<Via> had =
                Arrays.stream(Via.values()).filter(TarantoolServer::isAvailable).toList();
        if (had.isEmpty()) {
            throw new IllegalStateException(
                    "no Tarantool: install it (apt-get install tarantool), or a container engine");
        }
        return had;
    }
}
