package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.ERROR;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.lang.System.Logger;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Who serves one method, and who gets the next call of it. Immutable; never empty. */
final class MethodRoutes {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    /** Draws before giving up on the strategy: each misses with the tried nodes' share, so more help little. */
    private static final int DRAWS = 4;

    private final List<Route> routes;
    private final Picker picker;

    MethodRoutes(Collection<Route> routes, WeightStrategy strategy) {
        this.routes = List.copyOf(routes);
        this.picker = picker(this.routes, strategy);
    }

    /** A strategy that fails, a plug-in's as a rule, must not cost anybody a route. */
    private static Picker picker(List<Route> routes, WeightStrategy strategy) {
        try {
            return strategy.newPicker(routes);
        } catch (RuntimeException defect) {
            LOG.log(ERROR, "strategy " + strategy.name() + " failed; weighted-random takes its place", defect);
            return new WeightedRandom().newPicker(routes);
        }
    }

    List<Route> all() {
        return routes;
    }

    Route pick(RandomGenerator random) {
        return routes.get(picker.pick(random));
    }

    /**
     * Picks among the routes that are not out, because they were tried already or can take no call; null if there are
     * none. Drawing again keeps the strategy's proportions among those that are left exactly.
     */
    @Nullable
    Route pickWithout(Predicate<Route> out, RandomGenerator random) {
        for (int draw = 0; draw < DRAWS; draw++) {
            Route route = pick(random);
            if (!out.test(route)) {
                return route;
            }
        }
        return pickByWeight(out, random);
    }

    private @Nullable Route pickByWeight(Predicate<Route> out, RandomGenerator random) {
        double total = 0;
        Route last = null;
        for (Route route : routes) {
            if (!out.test(route)) {
                total += route.weight();
                last = route;
            }
        }
        double left = random.nextDouble() * total;
        for (Route route : routes) {
            if (!out.test(route) && (left -= route.weight()) < 0) {
                return route;
            }
        }
        // only rounding, or no route that is left, leads here
        return last;
    }
}
