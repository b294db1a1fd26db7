package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.core.health.Outlier;
import io.github.moonlibs.discovery.core.health.Outlier.State;
import java.util.ArrayList;
import java.util.List;

/**
 * The nodes of one tier that serve a method, by how they stand when a table is made. As many of those that are OUT are
 * left out as may be, the ones that went first; the others are kept, and so are all when no node is IN. Those that are
 * PROBING get so little that they count as left out. Immutable.
 *
 * @param all in the order in which they came
 * @param picked those that the strategy chooses among: all but those left out
 * @param in in service; empty only if no node is
 * @param probing tried with a few calls; empty if no node is IN: then they are picked like others
 * @param kept get calls though they are OUT; empty if no node is IN
 */
record Candidates(List<Route> all, List<Route> picked, List<Route> in, List<Route> probing, List<Route> kept) {

    /** @param maxEjectedShare how many of the nodes may be left out, as a share of them */
    static Candidates of(List<Route> all, double maxEjectedShare) {
        record Out(Route route, long sinceNanos) {}
        List<Route> in = new ArrayList<>(all.size());
        List<Route> probing = new ArrayList<>();
        List<Out> out = new ArrayList<>();
        for (Route route : all) {
            Outlier outlier = route.node().health().outlier();
            switch (outlier.state()) {
                case IN -> in.add(route);
                case PROBING -> probing.add(route);
                // taken down, because it may change while it is sorted by
                case OUT -> out.add(new Out(route, outlier.sinceNanos()));
            }
        }
        if (in.size() == all.size() || in.isEmpty()) {
            return new Candidates(all, all, in, List.of(), List.of());
        }
        out.sort((a, b) -> Long.signum(a.sinceNanos() - b.sinceNanos()));
        long most = Math.max(0, (long) (all.size() * maxEjectedShare) - probing.size());
        List<Route> leftOut = out.stream().limit(most).map(Out::route).toList();
        List<Route> kept = out.stream().skip(most).map(Out::route).toList();
        List<Route> picked = leftOut.isEmpty()
                ? all
                : all.stream().filter(route -> !leftOut.contains(route)).toList();
        return new Candidates(all, picked, in, probing, kept);
    }

    /** Which tier they are of, all of them. */
    int tier() {
        return all.getFirst().tier();
    }

    /** Those that get calls though their own have failed, because no more may be left out. */
    List<Route> lastResort() {
        return in.isEmpty() ? picked : kept;
    }

    static State state(Route route) {
        return route.node().health().outlier().state();
    }

    static boolean isProbed(Route route) {
        return state(route) == State.PROBING;
    }
}
