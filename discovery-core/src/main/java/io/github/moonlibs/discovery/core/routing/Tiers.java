package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that serve a method, where some of them stand by for others. The first tier that has a node in service gets the
 * calls; the next one gets what the first can't take, and, while the first has just come back, what that is not to take
 * yet. A tier whose nodes are all ejected gets no more than its probes.
 */
final class Tiers extends MethodRoutes {
    /** All of them, the lowest first. */
    private final List<Tier> tiers;

    /** Those that have a node in service; all if none has. */
    private final List<Tier> serving;

    private final Tier first;

    private final List<Route> all;

    /** The nodes that are probed, in tiers below the first one, which would serve if their nodes were not ejected. */
    private final List<Route> probing;

    private final Balancing balancing;

    /** Whether a pick may fall on another tier than the first. A stale read costs a needless look. */
    private boolean isCareful;

    private Tiers(List<Tier> tiers, List<Tier> serving, Takeover takeover, Balancing balancing) {
        super(takeover);
        this.tiers = tiers;
        this.serving = serving;
        this.balancing = balancing;
        first = serving.getFirst();
        all = tiers.stream().flatMap(tier -> tier.all().stream()).toList();
        probing = tiers.subList(0, tiers.indexOf(first)).stream()
                .flatMap(tier -> tier.all().stream())
                .filter(Candidates::isProbed)
                .toList();
        isCareful = isUneven(balancing.nanoTime().getAsLong());
    }

    /** @param parted the nodes of each tier, the lowest first */
    static Tiers of(
            List<Candidates> parted,
            @Nullable Takeover before,
            long now,
            WeightStrategy strategy,
            Balancing balancing) {
        boolean isAnyIn = parted.stream().anyMatch(tier -> !tier.in().isEmpty());
        List<Tier> tiers = new ArrayList<>();
        List<Tier> serving = new ArrayList<>();
        for (Candidates each : parted) {
            Takeover own = Takeover.next(null, each.tier(), now);
            Tier tier = new Tier(each, own, strategy, balancing);
            tiers.add(tier);
            if (!isAnyIn || !each.in().isEmpty()) {
                serving.add(tier);
            }
        }
        Takeover takeover = Takeover.next(before, serving.getFirst().tier(), now);
        return new Tiers(tiers, serving, takeover, balancing);
    }

    private boolean isUneven(long now) {
        return !probing.isEmpty() || (serving.size() > 1 && !takeover().isOver(now));
    }

    @Override
    public List<Route> all() {
        return all;
    }

    @Override
    List<RoutingSnapshot.Route> snapshot() {
        List<RoutingSnapshot.Route> shown = new ArrayList<>();
        boolean isServed = false;
        for (Tier tier : serving) {
            boolean serves = !isServed && tier.isInService();
            shown.addAll(tier.snapshot(serves));
            isServed |= serves;
        }
        return List.copyOf(shown);
    }

    @Override
    void outdate() {
        tiers.forEach(Tier::outdate);
    }

    @Override
    public Route pick(RandomGenerator random) {
        Route elsewhere = isCareful ? pickElsewhere(random) : null;
        Route route = elsewhere != null ? elsewhere : first.pickOnce(random);
        if (route == null) {
            route = pickWithout(NONE, NONE, random);
        }
        return route != null ? route : first.pick(random);
    }

    /** A node that is to be probed, or one of the next tier while the first one takes over; null: neither. */
    private @Nullable Route pickElsewhere(RandomGenerator random) {
        Route probe = Tier.probe(probing, NONE);
        if (probe != null) {
            return probe;
        }
        long now = balancing.nanoTime().getAsLong();
        if (!isUneven(now)) {
            isCareful = false;
            return null;
        }
        double part = takeover().part(now);
        return serving.size() == 1 || part >= 1 || random.nextDouble() < part
                ? null
                : serving.get(1).pickInService(any -> any.isFull(), random);
    }

    @Override
    @Nullable
    Route pickWithout(Predicate<Route> tried, Predicate<Route> full, RandomGenerator random) {
        Predicate<Route> out = tried.or(full);
        Route route = Tier.probe(probing, out);
        for (int i = 0; route == null && i < serving.size(); i++) {
            route = serving.get(i).pickInService(out, random);
        }
        for (int i = 0; route == null && i < tiers.size(); i++) {
            route = tiers.get(i).pickProbed(out);
        }
        if (route == null && !inService(tried).isEmpty()) {
            return null;
        }
        for (int i = 0; route == null && i < tiers.size(); i++) {
            route = tiers.get(i).pickAny(out, random);
        }
        return route;
    }

    @Override
    public List<Route> inService(Predicate<Route> tried) {
        return serving.stream().flatMap(tier -> tier.inService(tried).stream()).toList();
    }

    @Override
    public boolean canHedge(Predicate<Route> out) {
        // a tier that doesn't serve is ejected as a whole
        for (Tier tier : serving) {
            if (tier.canHedge(out)) {
                return true;
            }
        }
        return false;
    }

    @Override
    @Nullable
    public Route pickHedge(Predicate<Route> out, RandomGenerator random) {
        Route route = null;
        for (int i = 0; route == null && i < serving.size(); i++) {
            route = serving.get(i).pickHedgeInService(out, random);
        }
        for (int i = 0; route == null && i < serving.size(); i++) {
            route = serving.get(i).pickLastResort(out, random);
        }
        return route;
    }
}
