package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stays in the caller's zone as far as its nodes' weights reach, after Envoy's zone aware routing. Callers are taken to
 * be spread evenly over the zones, and weights to be capacities: each zone's callers are due an equal part of all. A zone
 * with as much weight or more keeps its callers; one with less keeps as many as it has weight for, and sends the others
 * to the zones that have more than their part, in proportion to what they have more. Within a zone another strategy
 * decides: {@code zone-aware(peak-ewma)}; without one, {@code weighted-random}.
 *
 * <p>A node's zone is the {@value #ZONE} of its announcement, else the label of that name in the topology; the caller's is
 * the system property {@value #PROPERTY}. Without that one, zones do not count.
 */
public final class ZoneAware implements WeightStrategy {
    /** The system property that names the caller's zone. */
    static final String PROPERTY = "discovery.zone";

    private static final String ZONE = "zone";

    private final String home;
    private final WeightStrategy inner;

    /** For ServiceLoader. */
    public ZoneAware() {
        this(System.getProperty(PROPERTY, ""), new WeightedRandom());
    }

    public ZoneAware(String home, WeightStrategy inner) {
        this.home = home;
        this.inner = inner;
    }

    @Override
    public String name() {
        return "zone-aware";
    }

    @Override
    public WeightStrategy around(WeightStrategy strategy) {
        return new ZoneAware(home, strategy);
    }

    @Override
    public boolean readsAttributes() {
        return !home.isEmpty() || inner.readsAttributes();
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        if (home.isEmpty()) {
            return inner.newPicker(candidates);
        }
        double[] shares = Draws.shares(candidates);
        Map<String, Zone> zones = new LinkedHashMap<>();
        Zone local = zones.computeIfAbsent(home, name -> new Zone());
        for (int i = 0; i < shares.length; i++) {
            Zone zone = zones.computeIfAbsent(zone(candidates.get(i)), name -> new Zone());
            zone.members.add(i);
            zone.share += shares[i];
        }
        double due = 1.0 / zones.size();
        if (local.share >= due) {
            return picker(local, candidates);
        }
        List<Part> parts = new ArrayList<>();
        if (local.share > 0) {
            parts.add(new Part(local, local.share / due));
        }
        double spilled = 1 - local.share / due;
        // what the others have more than their part is at least what this one has less
        double surplus =
                zones.values().stream().mapToDouble(zone -> zone.surplus(due)).sum();
        for (Zone zone : zones.values()) {
            if (zone.surplus(due) > 0) {
                parts.add(new Part(zone, spilled * zone.surplus(due) / surplus));
            }
        }
        Picker zonePicker =
                WeightedRandom.picker(parts.stream().mapToDouble(Part::share).toArray());
        List<Picker> pickers =
                parts.stream().map(part -> picker(part.zone(), candidates)).toList();
        return random -> pickers.get(zonePicker.pick(random)).pick(random);
    }

    private static String zone(Candidate candidate) {
        Object announced = candidate.attributes().get(ZONE);
        return announced != null
                ? announced.toString()
                : candidate.instance().labels().getOrDefault(ZONE, "");
    }

    private Picker picker(Zone zone, List<? extends Candidate> candidates) {
        int[] members = zone.members.stream().mapToInt(Integer::intValue).toArray();
        List<Candidate> inZone = new ArrayList<>();
        for (int member : members) {
            inZone.add(candidates.get(member));
        }
        Picker among = inner.newPicker(inZone);
        return random -> members[among.pick(random)];
    }

    private static final class Zone {
        final List<Integer> members = new ArrayList<>();
        /** Of all weight. */
        double share;

        double surplus(double due) {
            return Math.max(0, share - due);
        }
    }

    /** How much of the calls goes to the zone. */
    private record Part(Zone zone, double share) {}
}
