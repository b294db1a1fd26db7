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
    /** The name that it is chosen by. */
    String name();

    /**
     * Makes the picker for one method of one routing table. Called at every change of the method's candidates. If it
     * throws, the error is logged, and {@code weighted-random} takes its place until the next change.
     *
     * @param candidates those that may be called, each with a weight above zero; never empty, never changed
     */
    Picker newPicker(List<? extends Candidate> candidates);

    /** Picks one of the candidates that it was made for. Thread-safe; must not block, lock or allocate. */
    @FunctionalInterface
    interface Picker {
        /**
         * The index of the candidate to call. A call that has tried the candidate already asks again a few times, then
         * takes an untried one by weight.
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

        /** The other keys of the node's announcement, for example its zone; values may be null. */
        Map<String, @Nullable Object> attributes();

        /** How many attempts are under way on the node now, over all methods. */
        int inFlight();
    }
}
