package com.example.discovery.plugin;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Stays in the caller's own zone: {@code nearest-zone} calls the nodes of that zone, each by its share of their
 * weights, and other nodes only if the zone has none for the method. A node's zone is the {@value #ZONE} of its
 * announcement, or else the label of that name in the topology. The caller's zone is the system property {@value
 * #PROPERTY}. Without it, all nodes are near.
 */
public final class NearestZone implements WeightStrategy {
    /** The system property that names the caller's zone. */
    public static final String PROPERTY = "discovery.zone";

    private static final String ZONE = "zone";

    private final String home;

    /** Called by {@link java.util.ServiceLoader}. */
    public NearestZone() {
        this(System.getProperty(PROPERTY, ""));
    }

    NearestZone(String home) {
        this.home = home;
    }

    @Override
    public String name() {
        return "nearest-zone";
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        int count = candidates.size();
        boolean anyNear = candidates.stream().anyMatch(this::isNear);
        // All the work is done here, once per routing table: a pick only reads an array that never changes.
        double[] upTo = new double[count];
        int last = 0;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            Candidate candidate = candidates.get(i);
            if (!anyNear || isNear(candidate)) {
                sum += candidate.weight();
                last = i;
            }
            upTo[i] = sum;
        }
        return new CumulativePicker(upTo, last);
    }

    private boolean isNear(Candidate candidate) {
        Object announced = candidate.attributes().get(ZONE);
        String zone = announced != null
                ? announced.toString()
                : candidate.instance().labels().getOrDefault(ZONE, "");
        return zone.equals(home);
    }

    private static final class CumulativePicker implements Picker {
        /** The sum of the weights up to and including each candidate; one that must not be picked adds nothing. */
        private final double[] upTo;
        /** The last candidate that can be picked. */
        private final int last;

        CumulativePicker(double[] upTo, int last) {
            this.upTo = upTo;
            this.last = last;
        }

        @Override
        public int pick(RandomGenerator random) {
            double point = random.nextDouble() * upTo[last];
            // there are few nodes, so a linear search is as fast as a binary one
            for (int i = 0; i < last; i++) {
                if (point < upTo[i]) {
                    return i;
                }
            }
            return last;
        }
    }
}
