package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.plugins.Services;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds what the options name among the plug-ins on the class path or module path. */
public final class Plugins {
    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]{0,30}");

    private Plugins() {}

    public static TopologySource source(ClientOptions options) {
        if (options.source() != null) {
            return options.source();
        }
        String uri = options.topology();
        int colon = uri.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "topology: expected a URI such as static:10.0.0.1:3301,10.0.0.2:3301, got one without a scheme");
        }
        String scheme = uri.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!SCHEME.matcher(scheme).matches()) {
            // it may be part of an endpoint, with its password
            throw new IllegalArgumentException(
                    "topology: expected a URI such as static:10.0.0.1:3301,10.0.0.2:3301, got"
                            + " one whose scheme is none");
        }
        return named("topology", "scheme", scheme, Services.load(TopologyProvider.class), TopologyProvider::scheme)
                .open(uri, options);
    }

    public static Strategies strategies(ClientOptions options) {
        return Strategies.of(options.strategy(), options.methodStrategies(), Plugins::strategy);
    }

    private static WeightStrategy strategy(String name) {
        return named("strategy", "name", name, Services.load(WeightStrategy.class), WeightStrategy::name);
    }

    static Transport transport() {
        return Services.load(Transport.class).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no implementation of " + Transport.class.getName() + " found: add discovery-iproto"));
    }

    private static <T> T named(String option, String what, String wanted, List<T> all, Function<T, String> name) {
        return all.stream()
                .filter(plugin -> name.apply(plugin).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(option + ": no plug-in has the " + what + " \"" + wanted
                        + "\"; found " + all.stream().map(name).sorted().collect(Collectors.joining(", "))));
    }
}
