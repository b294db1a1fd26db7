package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;

/**
 * Prefers the node that would answer this call sooner: {@link TwoChoices} by latency × (1 + attempts in flight for the
 * node's weight), the load of Finagle's {@code PeakEwma}. With equal weights it is Finagle's latency × (in flight + 1).
 *
 * <p>Nothing known and nothing in flight counts as no load, so that a new node is tried. Nothing known and something in
 * flight counts as the worst, so that it is tried by one call, not by all that come before its first answer.
 */
public final class PeakEwma implements WeightStrategy {
    /** Nanoseconds: above every real latency, and far enough from the largest number to be multiplied. */
    private static final double WORST = Long.MAX_VALUE;

    private static final TwoChoices.Load LOAD = new TwoChoices.Load() {
        @Override
        public double of(Candidate candidate, double capacity, int more, long now) {
            int inFlight = candidate.inFlight();
            double latency =
                    candidate instanceof TimedCandidate timed ? timed.latencyNanos(now) : candidate.latencyNanos();
            if (latency == 0) {
                latency = inFlight == 0 ? 1 : WORST;
            }
            return latency * (1 + (inFlight + more) / capacity);
        }

        @Override
        public long now(Candidate candidate) {
            return candidate instanceof TimedCandidate timed ? timed.nanoTime() : 0;
        }
    };

    /** For ServiceLoader. */
    public PeakEwma() {}

    @Override
    public String name() {
        return "peak-ewma";
    }

    @Override
    public boolean readsAttributes() {
        return false;
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        return new TwoChoices(candidates, LOAD);
    }
}
