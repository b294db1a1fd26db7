/** What a client does, as Micrometer's metrics and observations. */
module io.github.moonlibs.discovery.micrometer {
    requires transitive io.github.moonlibs.discovery;
    requires transitive micrometer.core;
    requires transitive micrometer.observation;
    requires static org.jspecify;

    exports io.github.moonlibs.discovery.micrometer;
}
