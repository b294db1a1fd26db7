/** For tests: in-process nodes, a fault proxy, and real servers. */
module io.github.moonlibs.discovery.testkit {
    requires static org.jspecify;
    requires static com.github.dockerjava.api;
    requires static testcontainers;
    requires java.net.http;
    requires msgpack.core;

    exports io.github.moonlibs.discovery.testkit;
}
