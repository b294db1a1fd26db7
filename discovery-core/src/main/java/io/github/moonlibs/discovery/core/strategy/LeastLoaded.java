package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;

/** Prefers the node with fewer attempts in flight for its weight: {@link TwoChoices} by their number. */
public final class LeastLoaded implements WeightStrategy {
    /** For ServiceLoader. */
    public LeastLoaded() {}

    @Override
    public String name() {
        return "least-loaded";
    }

    @Override
    public boolean readsAttributes() {
        return false;
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        return new TwoChoices(candidates, (candidate, capacity, more, now) -> (candidate.inFlight() + more) / capacity);
    }
}
