package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.ERROR;

import io.github.moonlibs.discovery.core.Outlier.State;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.lang.System.Logger;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who serves one method, and who gets the next call of it. Never empty. Immutable, but that it remembers when the last
 * slow start was over.
 */
final class MethodRoutes {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    /** Draws before giving up on the strategy: each misses with the tried nodes' share, so more help little. */
    private static final int DRAWS = 4;

    private final List<Route> everybody;
    private final List<Route> routes;
    private final Picker picker;
    private final SlowStart slowStart;
    private final Balancing balancing;

    private final boolean isProbing;

    /** Whether a pick has to be looked at: a node is probed, or in its slow start. Who reads it late looks in vain. */
    private boolean isCareful;

    MethodRoutes(Collection<Route> candidates, WeightStrategy strategy, Balancing balancing) {
        this.balancing = balancing;
        everybody = List.copyOf(candidates);
        routes = withoutOutliers(everybody, balancing.outliers().maxEjectedShare());
        picker = picker(routes, strategy);
        slowStart = new SlowStart(routes, balancing.slowStartNanos());
        isProbing = routes.stream().anyMatch(route -> state(route) == State.PROBING)
                && routes.stream().anyMatch(route -> state(route) == State.IN);
        isCareful = isProbing || !slowStart.isOver(balancing.nanoTime().getAsLong());
    }

    /**
     * Leaves out those that are OUT: as many as may be, whoever went first, and nobody if nobody is IN. Those that are
     * PROBING get so little that they count as left out.
     */
    private static List<Route> withoutOutliers(List<Route> all, double mostShare) {
        record Out(Route route, long sinceNanos) {}
        List<Out> out = all.stream()
                .filter(route -> state(route) == State.OUT)
                // taken down, because it may change while it is sorted by
                .map(route -> new Out(route, route.node().health().outlier().sinceNanos()))
                .sorted((a, b) -> Long.signum(a.sinceNanos() - b.sinceNanos()))
                .toList();
        long probing =
                all.stream().filter(route -> state(route) == State.PROBING).count();
        if (out.size() + probing == all.size()) {
            return all;
        }
        Set<Route> leftOut = out.stream()
                .limit(Math.max(0, (long) (all.size() * mostShare) - probing))
                .map(Out::route)
                .collect(Collectors.toSet());
        return all.stream().filter(route -> !leftOut.contains(route)).toList();
    }

    private static State state(Route route) {
        return route.node().health().outlier().state();
    }

    /** A strategy that cannot make a picker, a plug-in's as a rule, must not cost anybody a route. */
    private static Picker picker(List<Route> routes, WeightStrategy strategy) {
        try {
            return strategy.newPicker(routes);
        } catch (RuntimeException | LinkageError defect) {
            LOG.log(ERROR, "strategy " + strategy.name() + " failed; weighted-random takes its place", defect);
            return new WeightedRandom().newPicker(routes);
        }
    }

    /** Everybody who serves the method, outliers included. */
    List<Route> all() {
        return everybody;
    }

    /** Those that get calls. */
    List<Route> inService() {
        return routes;
    }

    Route pick(RandomGenerator random) {
        Route route = routes.get(picker.pick(random));
        if (!isCareful || stands(route, random)) {
            return route;
        }
        Route other = pickWithout(any -> false, random);
        return other == null ? route : other;
    }

    /**
     * Picks among the routes that are not out, because they were tried already or can take no call; null if there are
     * none. Drawing again keeps the strategy's proportions among those that are left exactly.
     */
    @Nullable
    Route pickWithout(Predicate<Route> out, RandomGenerator random) {
        for (int draw = 0; draw < DRAWS; draw++) {
            Route route = routes.get(picker.pick(random));
            if (!out.test(route) && (!isCareful || stands(route, random))) {
                return route;
            }
        }
        Route route = pickByWeight(routes, any -> out.test(any) || state(any) == State.PROBING, random);
        if (route == null && isProbing) {
            route = pickByWeight(routes, out, random);
        }
        // better an outlier than nobody
        return route != null ? route : pickByWeight(everybody, out, random);
    }

    /** Whether a careful pick is left standing: the node has a probe left, or has grown to it. */
    private boolean stands(Route route, RandomGenerator random) {
        if (isProbing && state(route) == State.PROBING) {
            // a full one's probe would be spent on nothing
            return !route.isFull() && route.node().health().outlier().takeProbe();
        }
        long now = balancing.nanoTime().getAsLong();
        if (slowStart.isOver(now)) {
            isCareful = isProbing;
            return true;
        }
        double part = slowStart.part(route, now);
        return part >= 1 || random.nextDouble() < part;
    }

    private @Nullable Route pickByWeight(List<Route> among, Predicate<Route> excluded, RandomGenerator random) {
        long now = balancing.nanoTime().getAsLong();
        double total = 0;
        Route last = null;
        for (Route route : among) {
            if (!excluded.test(route)) {
                total += route.weight() * slowStart.part(route, now);
                last = route;
            }
        }
        double left = random.nextDouble() * total;
        for (Route route : among) {
            if (!excluded.test(route) && (left -= route.weight() * slowStart.part(route, now)) < 0) {
                return route;
            }
        }
        // only rounding, or nobody who is not excluded, leads here
        return last;
    }
}
