/** For tests: in-process nodes, a fault proxy, and real servers. */
module io.github.moonlibs.discovery.testkit {
    requires static org.jspecify;

    exports io.github.moonlibs.discovery.testkit;
}
