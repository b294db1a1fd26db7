package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntSupplier;

/** Counts who was drawn how often, and holds the counts to weights. */
public final class Shares {
    private final long[] counts;
    private final long draws;

    private Shares(long[] counts, long draws) {
        this.counts = counts;
        this.draws = draws;
    }

    /** Draws so often that even those of small share are drawn hundreds of times. */
    public static Shares of(int candidates, IntSupplier draw) {
        return of(candidates, Math.max(100_000, 200 * candidates), draw);
    }

    public static Shares of(int candidates, int draws, IntSupplier draw) {
        long[] counts = new long[candidates];
        for (int i = 0; i < draws; i++) {
            counts[draw.getAsInt()]++;
        }
        return new Shares(counts, draws);
    }

    public double of(int candidate) {
        return (double) counts[candidate] / draws;
    }

    /**
     * Fails unless the counts are what chance may make of the weights, by the chi-square test with the 99.999 % quantile. For
     * draws of a seed, which fit always or never.
     */
    public void assertFit(double... weights) {
        assertFit(4.265, weights);
    }

    /** The same for draws without a seed: chance fails it once in 10^10 runs. */
    public void assertUnseededFit(double... weights) {
        assertFit(6.4, weights);
    }

    /** @param deviations of the normal distribution, which the quantile is given in */
    private void assertFit(double deviations, double[] weights) {
        double largest = Arrays.stream(weights).max().orElseThrow();
        double sum = Arrays.stream(weights).map(weight -> weight / largest).sum();
        double chiSquare = 0;
        int freedom = -1;
        for (int i = 0; i < weights.length; i++) {
            double expected = draws * (weights[i] / largest / sum);
            if (expected == 0) {
                assertThat(counts[i])
                        .as("draws of candidate %d, of no weight", i)
                        .isZero();
            } else {
                chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
                freedom++;
            }
        }
        assertThat(chiSquare)
                .as("chi-square of %s for %s", Arrays.toString(counts), Arrays.toString(weights))
                .isLessThanOrEqualTo(quantile(freedom, deviations));
    }

    /** The chi-square distribution's quantile is below this for any number of degrees of freedom from 1. */
    private static double quantile(int freedom, double deviations) {
        if (freedom == 0) {
            return 0;
        }
        // Wilson and Hilferty's approximation
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + deviations * Math.sqrt(spread), 3);
    }
}
