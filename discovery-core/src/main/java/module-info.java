import io.github.moonlibs.discovery.core.CoreClientProvider;
import io.github.moonlibs.discovery.core.strategy.LeastLoaded;
import io.github.moonlibs.discovery.core.strategy.PeakEwma;
import io.github.moonlibs.discovery.core.strategy.RoundRobin;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.strategy.ZoneAware;
import io.github.moonlibs.discovery.core.topology.SeedTopology;
import io.github.moonlibs.discovery.core.topology.StaticTopology;
import io.github.moonlibs.discovery.spi.ClientProvider;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.WeightStrategy;

/** The client: topology, nodes, routing and the executor of attempts. Found by ServiceLoader, not exported. */
module io.github.moonlibs.discovery.core {
    requires io.github.moonlibs.discovery;
    requires io.github.resilience4j.circuitbreaker;
    requires io.github.resilience4j.core;
    // of the breaker, which as an automatic module cannot say so itself
    requires org.slf4j;
    // an image may be without flight recorder
    requires static jdk.jfr;
    requires static org.jspecify;

    provides ClientProvider with
            CoreClientProvider;
    provides TopologyProvider with
            StaticTopology,
            SeedTopology;
    provides WeightStrategy with
            WeightedRandom,
            RoundRobin,
            LeastLoaded,
            PeakEwma,
            ZoneAware;
}
