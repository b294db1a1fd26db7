package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.Instance;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the nodes that serve a method gets the next call. Found by {@link java.util.ServiceLoader} and chosen
 * by name. Thread-safe.
 */
public interface WeightStrategy {
    /** The name in {@link io.github.moonlibs.discovery.ClientOptions.Builder#strategy(String)}. */
    String name();

    /**
     * Makes the picker for one method of one routing table. Called at every change of the method's candidates. If it
     * throws, the error is logged, and {@code weighted-random} takes its place until the next change.
     *
     * @param candidates the nodes that may be called, each with a weight above zero; never empty, never changed
     */
    Picker newPicker(List<? extends Candidate> candidates);

    /**
     * This strategy with another one inside, as the name {@code outer(inner)} asks for: {@code zone-aware(peak-ewma)}.
     *
     * @throws IllegalArgumentException if it takes no other inside, as most strategies
     */
    default WeightStrategy around(WeightStrategy inner) {
        throw new IllegalArgumentException(
                "strategy " + name() + " takes no other inside, got " + name() + "(" + inner.name() + ")");
    }

    /**
     * Whether a picker depends on {@link Candidate#attributes} that it reads when it is made: then one is made whenever they
     * change, which costs time if they do so with every announcement. A picker that reads them at every pick, or never,
     * needs no other. Default: yes.
     */
    default boolean readsAttributes() {
        return true;
    }

    /** Picks one of the candidates that it was made for. Thread-safe; it must not block, lock or allocate. */
    @FunctionalInterface
    interface Picker {
        /**
         * The index of the candidate to call. If the call has tried this candidate already, or the candidate is in its slow
         * start, the call picks again a few times, then takes another one by weight.
         *
         * @param random the randomness to use, so that tests can repeat it
         */
        int pick(RandomGenerator random);
    }

    /** A node that may be called for a method. */
    interface Candidate {
        /** The member of the topology. */
        Instance instance();

        /** As announced for the method; finite, above zero. */
        double weight();

        /** The other keys of the node's last announcement, for example its zone; values may be null. */
        Map<String, @Nullable Object> attributes();

        /** How many attempts are under way on the node now, over all methods. */
        int inFlight();

        /**
         * How long the node takes to answer, over all methods: the moving average of Finagle's Peak EWMA, which follows a
         * slower answer at once and faster ones with a decay time of 10 s. While the node gives no answers, it decays to
         * zero, so that a node that was slow is tried again. Time-outs count as answers that took at least as long.
         *
         * @return nanoseconds, at least 1; 0 if nothing is known about the node
         */
        long latencyNanos();
    }
}
