package io.github.moonlibs.discovery.core.routing;

import static io.github.moonlibs.discovery.core.routing.Candidates.state;

import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.core.health.Outlier.State;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Draws;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one tier that serve a method. Immutable, but that it remembers when the last slow start was over, that a node
 * was ejected since, and that its strategy has failed.
 */
final class Tier extends MethodRoutes {
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

    Tier(Candidates candidates, Takeover takeover, WeightStrategy strategy, Balancing balancing) {
        super(takeover);
        this.candidates = candidates;
        this.strategy = strategy;
        this.balancing = balancing;
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

    int tier() {
        return candidates.tier();
    }

    @Override
    public List<Route> all() {
        return candidates.all();
    }

    /** Whether it has a node in service, in view of what happened since this was made. */
    boolean isInService() {
        return !isOutdated || candidates.in().stream().anyMatch(route -> state(route) == State.IN);
    }

    @Override
    List<RoutingSnapshot.Route> snapshot() {
        return snapshot(true);
    }

    /** @param serves whether it gets the calls, rather than standing by */
    List<RoutingSnapshot.Route> snapshot(boolean serves) {
        List<Route> inService = inService();
        double[] shares = serves ? Draws.shares(inService) : new double[inService.size()];
        List<RoutingSnapshot.Route> shown = new ArrayList<>(shares.length);
        for (int i = 0; i < shares.length; i++) {
            shown.add(inService.get(i).snapshot(shares[i]));
        }
        return List.copyOf(shown);
    }

    private List<Route> inService() {
        if (!isOutdated) {
            return routes;
        }
        List<Route> left = routes.stream().filter(route -> !isEjected(route)).toList();
        return left.isEmpty() ? routes : left;
    }

    @Override
    void outdate() {
        isOutdated = true;
    }

    /** Whether the node was ejected after this was made. */
    private boolean isEjected(Route route) {
        return isOutdated && state(route) == State.OUT && !candidates.in().isEmpty() && !kept.contains(route);
    }

    @Override
    public Route pick(RandomGenerator random) {
        Route route = draw(random);
        if (!(isCareful || isOutdated) || accepts(route, random)) {
            return route;
        }
        Route other = pickWithout(NONE, NONE, random);
        return other == null ? route : other;
    }

    /** Picks as {@link #pick} does, but draws once; null if that pick is not accepted. */
    @Nullable
    Route pickOnce(RandomGenerator random) {
        Route route = draw(random);
        return !(isCareful || isOutdated) || accepts(route, random) ? route : null;
    }

    @Override
    @Nullable
    Route pickWithout(Predicate<Route> tried, Predicate<Route> full, RandomGenerator random) {
        Predicate<Route> out = tried.or(full);
        Route route = pickInService(out, random);
        if (route == null) {
            route = pickProbed(out);
        }
        // better an outlier than none, but not than one that is only full
        return route != null || !inService(tried).isEmpty() ? route : pickAny(out, random);
    }

    @Override
    public List<Route> inService(Predicate<Route> tried) {
        return routes.stream()
                .filter(route -> !tried.test(route) && (state(route) == State.IN || kept.contains(route)))
                .toList();
    }

    /** Drawing again keeps the strategy's proportions among those that are left exactly. */
    @Nullable
    Route pickInService(Predicate<Route> out, RandomGenerator random) {
        for (int i = 0; i < DRAWS; i++) {
            Route route = draw(random);
            if (!out.test(route) && (!(isCareful || isOutdated) || accepts(route, random))) {
                return route;
            }
        }
        return pickByWeight(routes, any -> out.test(any) || isEjected(any) || isProbed(any), random);
    }

    @Nullable
    Route pickProbed(Predicate<Route> out) {
        return probe(candidates.probing(), out);
    }

    /** One of these that is to be probed now, for one of its probes; null if there is none. */
    static @Nullable Route probe(List<Route> among, Predicate<Route> out) {
        for (Route route : among) {
            if (Candidates.isProbed(route) && !out.test(route) && takesProbe(route)) {
                return route;
            }
        }
        return null;
    }

    private static boolean takesProbe(Route route) {
        // a full one's probe would be spent on nothing
        return !route.isFull() && route.node().health().outlier().takeProbe();
    }

    @Nullable
    Route pickAny(Predicate<Route> out, RandomGenerator random) {
        return pickByWeight(candidates.all(), out, random);
    }

    @Override
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

    @Override
    @Nullable
    public Route pickHedge(Predicate<Route> out, RandomGenerator random) {
        Route route = pickHedgeInService(out, random);
        return route != null ? route : pickLastResort(out, random);
    }

    @Nullable
    Route pickHedgeInService(Predicate<Route> out, RandomGenerator random) {
        Predicate<Route> unfit = route -> out.test(route) || state(route) != State.IN;
        for (int i = 0; i < DRAWS; i++) {
            Route route = draw(random);
            if (!unfit.test(route) && (!isCareful || accepts(route, random))) {
                return route;
            }
        }
        return pickByWeight(candidates.in(), unfit, random);
    }

    @Nullable
    Route pickLastResort(Predicate<Route> out, RandomGenerator random) {
        return pickByWeight(candidates.lastResort(), out, random);
    }

    private Route draw(RandomGenerator random) {
        try {
            return routes.get(picker.pick(random));
        } catch (Throwable defect) {
            balancing.strategies().complain(strategy, defect);
            Picker substitute = new WeightedRandom().newPicker(routes);
            picker = substitute;
            return routes.get(substitute.pick(random));
        }
    }

    private boolean isProbed(Route route) {
        return !candidates.probing().isEmpty() && Candidates.isProbed(route);
    }

    /** Whether a careful pick is left standing: the node is not ejected, has a probe left, or has grown to it. */
    private boolean accepts(Route route, RandomGenerator random) {
        if (isProbed(route)) {
            return takesProbe(route);
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
