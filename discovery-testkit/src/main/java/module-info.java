/** For tests: in-process nodes, a fault proxy, and real servers. */
module io.github.moonlibs.discovery.testkit {
    requires transitive io.github.moonlibs.discovery;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;
    requires static com.github.dockerjava.api;
    requires static testcontainers;
    requires msgpack.core;

    exports io.github.moonlibs.discovery.testkit;
    exports io.github.moonlibs.discovery.testkit.junit;
}
