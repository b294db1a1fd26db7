/** The client. */
module io.github.moonlibs.discovery.core {
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;

    uses io.github.moonlibs.discovery.spi.TopologyProvider;
    uses io.github.moonlibs.discovery.spi.Transport;
    uses io.github.moonlibs.discovery.spi.WeightStrategy;
}
