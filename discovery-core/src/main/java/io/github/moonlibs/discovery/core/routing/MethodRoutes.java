package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that serve one method, and which of them gets the next call of it. Never empty.
 *
 * <p>There are two kinds, so that tiers cost nothing for a method whose nodes are all of one tier.
 */
public abstract sealed class MethodRoutes permits Tier, Tiers {
    static final Predicate<Route> NONE = route -> false;

    private final Takeover takeover;

    MethodRoutes(Takeover takeover) {
        this.takeover = takeover;
    }

    /** @param before the method's routes in the table before; null if no node served it */
    static MethodRoutes of(
            Collection<Route> all, @Nullable MethodRoutes before, WeightStrategy strategy, Balancing balancing) {
        Takeover last = before == null ? null : before.takeover;
        long now = balancing.nanoTime().getAsLong();
        double share = balancing.outliers().maxEjectedShare();
        int tier = all.iterator().next().tier();
        if (all.stream().allMatch(route -> route.tier() == tier)) {
            Candidates candidates = Candidates.of(List.copyOf(all), share);
            return new Tier(candidates, Takeover.next(last, tier, now), strategy, balancing);
        }
        Map<Integer, List<Route>> byTier = new TreeMap<>();
        all.forEach(route ->
                byTier.computeIfAbsent(route.tier(), any -> new ArrayList<>()).add(route));
        List<Candidates> parted =
                byTier.values().stream().map(each -> Candidates.of(each, share)).toList();
        return Tiers.of(parted, last, now, strategy, balancing);
    }

    final Takeover takeover() {
        return takeover;
    }

    /** All that serve the method, outliers included. */
    public abstract List<Route> all();

    /** Those that get calls now, or would if those of lower tiers could get no more. */
    abstract List<RoutingSnapshot.Route> snapshot();

    /** A node has been ejected, and the table without it is not there yet. */
    abstract void outdate();

    public abstract Route pick(RandomGenerator random);

    /** Picks among the routes that were not tried, full ones included; null if there are none. */
    @Nullable
    public final Route pickWithout(Predicate<Route> tried, RandomGenerator random) {
        return pickWithout(tried, NONE, random);
    }

    /**
     * Picks among the routes that were not tried and have a place. Null if there are none, and also if there is one only on a
     * node that is ejected, while others are in service that are merely full: the call is to wait for these.
     */
    @Nullable
    public final Route pickFree(Predicate<Route> tried, RandomGenerator random) {
        return pickWithout(tried, Route::isFull, random);
    }

    @Nullable
    abstract Route pickWithout(Predicate<Route> tried, Predicate<Route> full, RandomGenerator random);

    /** Those that were not tried and get calls now, or would if they had room. Makes a list. */
    public abstract List<Route> inService(Predicate<Route> tried);

    /** Whether {@link #pickHedge} finds a node. */
    public abstract boolean canHedge(Predicate<Route> out);

    /**
     * Picks as {@link #pickWithout} does, but neither a node that is ejected nor one that is probed. One that gets calls
     * though its own have failed, because no more may be ejected, is picked only if no other node is left: a call
     * whose attempt hangs has nothing else to hope for.
     */
    @Nullable
    public abstract Route pickHedge(Predicate<Route> out, RandomGenerator random);
}
