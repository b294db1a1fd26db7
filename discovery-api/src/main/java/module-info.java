import io.github.moonlibs.discovery.spi.ClientProvider;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.ValueConverter;
import io.github.moonlibs.discovery.spi.WeightStrategy;

/** What applications call and what plug-ins implement. */
@SuppressWarnings("module") // the modules that the inner packages are for are compiled later
module io.github.moonlibs.discovery {
    requires static org.jspecify;

    exports io.github.moonlibs.discovery;
    exports io.github.moonlibs.discovery.spi;
    exports io.github.moonlibs.discovery.options to
            io.github.moonlibs.discovery.core;
    exports io.github.moonlibs.discovery.pem to
            io.github.moonlibs.discovery.etcd;
    exports io.github.moonlibs.discovery.plugins to
            io.github.moonlibs.discovery.core;
    exports io.github.moonlibs.discovery.types to
            io.github.moonlibs.discovery.iproto;
    exports io.github.moonlibs.discovery.text to
            io.github.moonlibs.discovery.cli,
            io.github.moonlibs.discovery.core,
            io.github.moonlibs.discovery.etcd,
            io.github.moonlibs.discovery.iproto,
            io.github.moonlibs.discovery.micrometer;

    uses ClientProvider;
    uses TopologyProvider;
    uses Transport;
    uses ValueConverter;
    uses WeightStrategy;
}
