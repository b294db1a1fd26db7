package io.github.moonlibs.discovery.core.routing;

import static io.github.moonlibs.discovery.core.routing.Candidates.state;

import io.github.moonlibs.discovery.core.health.Outlier.State;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that serve one method, and which of them gets the next call of it. Never empty. Immutable, but that it
 * remembers when the last slow start was over, that a node was ejected since, and that its strategy has failed.
 */
public final class MethodRoutes {
    /** Draws before giving up on the strategy: each misses with the tried nodes' share, so more help little. */
    private static final int DRAWS = 4;

    private final Candidates candidates;
    private final List<Route> routes;
    private final Set<Route> kept;
    private final SlowStart slowStart;
    private final WeightStrategy strategy;
    private final Balancing balancing;

    /** The least weight of those that are IN: more than that no node gets that is kept though it is OUT. */
    private final double leastWeight;

    private final boolean isUneven;

    // A stale read of one of these costs one needless check, or a pick by the strategy that has failed.
    private Picker picker;
    /** Whether a pick has to be looked at: a node is probed, kept though it is OUT, or in its slow start. */
    private boolean isCareful;
    /** Whether a node may have been ejected since this was made. */
    private boolean isOutdated;

    MethodRoutes(Collection<Route> all, WeightStrategy strategy, Balancing balancing) {
        this.strategy = strategy;
        this.balancing = balancing;
        candidates = Candidates.of(List.copyOf(all), balancing.outliers().maxEjectedShare());
        routes = candidates.picked();
        kept = Set.copyOf(candidates.kept());
        picker = picker(routes, strategy, balancing);
        slowStart = new SlowStart(candidates.in().isEmpty() ? routes : candidates.in(), balancing.slowStartNanos());
        leastWeight = candidates.in().stream().mapToDouble(Route::weight).min().orElse(Double.MAX_VALUE);
        isUneven = !candidates.probing().isEmpty() || !kept.isEmpty();
        isCareful = isUneven || !slowStart.isOver(balancing.nanoTime().getAsLong());
    }

    /** A strategy that cannot make a picker, a plug-in's as a rule, must cost no route. */
    private static Picker picker(List<Route> routes, WeightStrategy strategy, Balancing balancing) {
        try {
            return strategy.newPicker(routes);
        } catch (Throwable defect) {
            balancing.strategies().complain(strategy, defect);
            return new WeightedRandom().newPicker(routes);
        }
    }

    /** All that serve the method, outliers included. */
    public List<Route> all() {
        return candidates.all();
    }

    /** Those that get calls now. */
    List<Route> inService() {
        if (!isOutdated) {
            return routes;
        }
        List<Route> left = routes.stream().filter(route -> !isEjected(route)).toList();
        return left.isEmpty() ? routes : left;
    }

    /** A node has been ejected, and the table without it is not there yet. */
    void outdate() {
        isOutdated = true;
    }

    /** Whether the node was ejected after this was made. */
    private boolean isEjected(Route route) {
        return isOutdated && state(route) == State.OUT && !candidates.in().isEmpty() && !kept.contains(route);
    }

    public Route pick(RandomGenerator random) {
        Route route = draw(random);
        if (!(isCareful || isOutdated) || accepts(route, random)) {
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
    public Route pickWithout(Predicate<Route> out, RandomGenerator random) {
        for (int i = 0; i < DRAWS; i++) {
            Route route = draw(random);
            if (!out.test(route) && (!(isCareful || isOutdated) || accepts(route, random))) {
                return route;
            }
        }
        Route route = pickByWeight(routes, any -> out.test(any) || isEjected(any) || isProbed(any), random);
        if (route == null && !candidates.probing().isEmpty()) {
            route = pickByWeight(candidates.probing(), any -> out.test(any) || state(any) == State.OUT, random);
        }
        // better an outlier than none
        return route != null ? route : pickByWeight(candidates.all(), out, random);
    }

    /** Whether {@link #pickHedge} finds a node. */
    public boolean canHedge(Predicate<Route> out) {
        for (Route route : candidates.in()) {
            if (!out.test(route) && state(route) == State.IN) {
                return true;
            }
        }
        for (Route route : candidates.lastResort()) {
            if (!out.test(route)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Picks as {@link #pickWithout} does, but neither a node that is ejected nor one that is probed. One that gets calls
     * though its own have failed, because no more may be ejected, is picked only if no other node is left: a call
     * whose attempt hangs has nothing else to hope for.
     */
    @Nullable
    public Route pickHedge(Predicate<Route> out, RandomGenerator random) {
        Predicate<Route> unfit = route -> out.test(route) || state(route) != State.IN;
        for (int i = 0; i < DRAWS; i++) {
            Route route = draw(random);
            if (!unfit.test(route) && (!isCareful || accepts(route, random))) {
                return route;
            }
        }
        Route route = pickByWeight(candidates.in(), unfit, random);
        return route != null ? route : pickByWeight(candidates.lastResort(), out, random);
    }

    private Route draw(RandomGenerator random) {
        try {
            return routes.get(picker.pick(random));
        } catch (RuntimeException | LinkageError | AssertionError defect) {
            balancing.strategies().complain(strategy, defect);
            Picker substitute = new WeightedRandom().newPicker(routes);
            picker = substitute;
            return routes.get(substitute.pick(random));
        }
    }

    private boolean isProbed(Route route) {
        return !candidates.probing().isEmpty() && state(route) == State.PROBING;
    }

    /** Whether a careful pick is left standing: the node is not ejected, has a probe left, or has grown to it. */
    private boolean accepts(Route route, RandomGenerator random) {
        if (isProbed(route)) {
            // a full one's probe would be spent on nothing
            return !route.isFull() && route.node().health().outlier().takeProbe();
        }
        if (isEjected(route)) {
            return false;
        }
        long now = balancing.nanoTime().getAsLong();
        if (!isUneven && slowStart.isOver(now)) {
            isCareful = false;
            return true;
        }
        double part = part(route, now);
        return part >= 1 || random.nextDouble() < part;
    }

    /** The part of its picks that the route is to get. */
    private double part(Route route, long now) {
        double part = slowStart.part(route, now);
        return kept.contains(route) ? Math.min(part, leastWeight * slowStart.leastPart(now) / route.weight()) : part;
    }

    private @Nullable Route pickByWeight(List<Route> among, Predicate<Route> excluded, RandomGenerator random) {
        long now = balancing.nanoTime().getAsLong();
        double total = 0;
        Route last = null;
        for (Route route : among) {
            if (!excluded.test(route)) {
                total += route.weight() * part(route, now);
                last = route;
            }
        }
        double left = random.nextDouble() * total;
        for (Route route : among) {
            if (!excluded.test(route) && (left -= route.weight() * part(route, now)) < 0) {
                return route;
            }
        }
        // only rounding, or none that is not excluded, leads here
        return last;
    }
}
