/** A plug-in as a third party would write it: a topology in a file, and a weight strategy. */
module com.example.discovery.plugin {
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;

    provides io.github.moonlibs.discovery.spi.TopologyProvider with
            com.example.discovery.plugin.FileTopologyProvider;
    provides io.github.moonlibs.discovery.spi.WeightStrategy with
            com.example.discovery.plugin.NearestZone;
}
