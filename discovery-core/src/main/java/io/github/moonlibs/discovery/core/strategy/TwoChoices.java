package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy.Candidate;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The power of two choices: of two candidates drawn by weight, the one with less load (M. Mitzenmacher, "The Power of Two
 * Choices in Randomized Load Balancing", 2001; Finagle's P2CPick). Of the nodes that look idle to everybody it spares the
 * stampede that picking the very least loaded would bring.
 *
 * <p>The first draw gives the announced shares, and a tie leaves it standing: so the shares hold at equal load. The
 * second draw wins only if, with this call, it would carry no more than the first does without; loads are per unit of
 * weight, and one call more is a big step for a node of little weight.
 */
final class TwoChoices implements Picker {
    /** What a strategy calls load. */
    @FunctionalInterface
    interface Load {
        /**
         * The candidate's load per unit of weight.
         *
         * @param capacity its weight, where the mean of all is 1; above zero
         * @param more how many calls to add to those in flight
         * @param now what {@link #now} returned for this pick
         */
        double of(Candidate candidate, double capacity, int more, long now);

        /** The time of a pick, if loads depend on it; asked once a pick, of either candidate. */
        default long now(Candidate candidate) {
            return 0;
        }
    }

    /** A weight so much below the mean that one call fills it for good; keeps the arithmetic finite. */
    private static final double LEAST_CAPACITY = 1e-9;

    private final List<? extends Candidate> candidates;
    private final double[] capacities;
    private final Draws draws;
    private final Load load;

    TwoChoices(List<? extends Candidate> candidates, Load load) {
        this.candidates = candidates;
        this.load = load;
        draws = new Draws(candidates);
        capacities = Draws.shares(candidates);
        for (int i = 0; i < capacities.length; i++) {
            capacities[i] = Math.max(LEAST_CAPACITY, capacities[i] * capacities.length);
        }
    }

    @Override
    public int pick(RandomGenerator random) {
        int first = draws.any(random);
        if (draws.size() == 1) {
            return first;
        }
        int second = draws.anyBut(first, random);
        long now = load.now(candidates.get(first));
        return load(second, 1, now) <= load(first, 0, now) ? second : first;
    }

    private double load(int index, int more, long now) {
        return load.of(candidates.get(index), capacities[index], more, now);
    }
}
