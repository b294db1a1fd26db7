/** For tests: in-process nodes, a fault proxy, and real servers. */
module io.github.moonlibs.discovery.testkit {
    requires static transitive org.jspecify;
    requires msgpack.core;

    exports io.github.moonlibs.discovery.testkit;
}
