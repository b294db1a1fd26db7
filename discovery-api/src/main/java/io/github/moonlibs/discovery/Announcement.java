package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import io.github.moonlibs.discovery.text.SafeText;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node's discovery procedure returned: which methods it serves now. Immutable and thread-safe.
 *
 * @param isMaster whether the node calls itself a master; null if it does not say
 * @param term a number that grows with every change of master; null if it does not say
 * @param methods by name, in the node's order
 * @param attributes the other keys of the announcement, kept as they came (a zone, labels); values may be null
 * @param leftOut the first methods that can't be called because their entries are wrong, by name: what was expected of them
 */
public record Announcement(
        @Nullable Boolean isMaster,
        @Nullable BigDecimal term,
        Map<String, Method> methods,
        Map<String, @Nullable Object> attributes,
        Map<String, String> leftOut) {
    /** Copies the maps. */
    public Announcement {
        term = term == null ? null : term.stripTrailingZeros();
        methods = Collections.unmodifiableMap(new LinkedHashMap<>(methods));
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        leftOut = Map.copyOf(leftOut);
    }

    /** An announcement with nothing wrong in it. */
    public Announcement(
            @Nullable Boolean isMaster,
            @Nullable BigDecimal term,
            Map<String, Method> methods,
            Map<String, @Nullable Object> attributes) {
        this(isMaster, term, methods, attributes, Map.of());
    }

    /** As of any record; of many methods or attributes the beginning. */
    @Override
    public String toString() {
        return "Announcement[isMaster=" + isMaster + ", term=" + term + ", methods=" + SafeText.of(methods)
                + ", attributes=" + SafeText.of(attributes) + "]";
    }

    /** An announcement without a term. */
    public Announcement(
            @Nullable Boolean isMaster, Map<String, Method> methods, Map<String, @Nullable Object> attributes) {
        this(isMaster, null, methods, attributes);
    }

    /**
     * One method of one node.
     *
     * @param weight finite and ≥ 0; 0: the node is never called for it; otherwise its share among the nodes that serve it
     * @param retriable whether a call may be repeated elsewhere after it failed here
     * @param tier ≥ 0; a node of a higher tier is called only for want of nodes of the lower ones
     * @param notExecuted the errors by which the node says that it has not executed a call of the method
     * @param attributes the other keys of the entry, kept as they came; values may be null
     */
    public record Method(
            double weight, boolean retriable, int tier, Errors notExecuted, Map<String, @Nullable Object> attributes) {
        /** The weight of a method that is announced without one. */
        public static final double DEFAULT_WEIGHT = 100;

        /**
         * Copies the attributes.
         *
         * @throws IllegalArgumentException if the weight is negative or not finite, or the tier is negative
         */
        public Method {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("weight: expected a finite number of at least 0, got " + weight);
            }
            Checks.atLeast("tier", 0, tier);
            attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        }

        /** As of any record; of many attributes the beginning. */
        @Override
        public String toString() {
            return "Method[weight=" + weight + ", retriable=" + retriable + ", tier=" + tier + ", notExecuted="
                    + notExecuted
                    + ", attributes=" + SafeText.of(attributes)
                    + "]";
        }

        /** A method with none of the optional keys. */
        public Method(double weight, boolean retriable, Map<String, @Nullable Object> attributes) {
            this(weight, retriable, 0, Errors.NONE, attributes);
        }
    }

    /**
     * Errors of a server, by number or by name.
     *
     * @param codes Tarantool's numbers, or custom ones
     * @param names of custom errors: the {@code type} that {@code box.error.new} was given
     */
    public record Errors(Set<Integer> codes, Set<String> names) {
        /** No error at all. */
        public static final Errors NONE = new Errors(Set.of(), Set.of());

        /** Copies both sets. */
        public Errors {
            codes = Collections.unmodifiableSet(new LinkedHashSet<>(codes));
            names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
        }

        /** Whether the error is one of these; its causes don't count. */
        public boolean contains(TarantoolError error) {
            return codes.contains(error.code())
                    || (error.fields().get("custom_type") instanceof String name && names.contains(name));
        }
    }
}
