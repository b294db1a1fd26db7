package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.plugins.LeftOut;
import io.github.moonlibs.discovery.plugins.MadeByPlugin;
import io.github.moonlibs.discovery.plugins.Services;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
        String scheme = lower(uri.substring(0, colon));
        if (!SCHEME.matcher(scheme).matches()) {
            // it may be part of an endpoint, with its password
            throw new IllegalArgumentException(
                    "topology: expected a URI such as static:10.0.0.1:3301,10.0.0.2:3301, got"
                            + " one whose scheme is none");
        }
        TopologyProvider provider =
                named("topology", "scheme", scheme, TopologyProvider.class, each -> lower(each.scheme()));
        return MadeByPlugin.of(
                "topology " + scheme,
                provider,
                "open",
                () -> provider.open(provider.scheme() + uri.substring(colon), options));
    }

    private static String lower(String scheme) {
        return scheme.toLowerCase(Locale.ROOT);
    }

    public static Strategies strategies(ClientOptions options) {
        return Strategies.of(options.strategy(), options.methodStrategies(), Plugins::strategy);
    }

    private static WeightStrategy strategy(String name) {
        return named("strategy", "name", name, WeightStrategy.class, WeightStrategy::name);
    }

    static Transport transport() {
        return Services.load(Transport.class).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no implementation of " + Transport.class.getName() + " found: add discovery-iproto"));
    }

    @SuppressWarnings("ReferenceEquality") // that very plug-in, whatever it equals
    private static <T> T named(
            String option, String what, String wanted, Class<T> service, Function<T, String> nameOf) {
        Services.Found<T> found = Services.find(service);
        List<String> names = new ArrayList<>();
        List<String> faults = new ArrayList<>(found.faults());
        List<T> all = new ArrayList<>();
        for (T plugin : found.all()) {
            try {
                String name = Objects.requireNonNull(nameOf.apply(plugin), "it is null");
                names.add(SafeText.name(name));
                if (wanted.equals(name)) {
                    all.add(plugin);
                }
            } catch (Throwable defect) {
                String fault = plugin.getClass().getName() + ": its " + what + " can't be had: " + defect;
                LeftOut.warn(fault);
                faults.add(fault);
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(option + ": no plug-in has the " + what + " \"" + wanted + "\"; found "
                    + names.stream().sorted().distinct().collect(Collectors.joining(", "))
                    + faults.stream().map(fault -> "; left out: " + fault).collect(Collectors.joining()));
        }
        T chosen = all.stream().filter(Plugins::isOurs).findFirst().orElse(all.getFirst());
        all.stream()
                .filter(other -> other != chosen)
                .forEach(other -> LeftOut.warn(other.getClass().getName() + " has the " + what + " \"" + wanted
                        + "\" as " + chosen.getClass().getName() + " does, which counts"));
        return chosen;
    }

    /** No jar on the class path changes what the documentation describes. */
    private static boolean isOurs(Object plugin) {
        return plugin.getClass().getName().startsWith("io.github.moonlibs.discovery.");
    }
}
