package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Goes round, evenly even over a few picks: gRPC's static stride scheduler ({@code WeightedRoundRobinLoadBalancer}). A
 * sequence number goes round the slots again and again. In round r a slot is picked if a multiple of its stride, the
 * share of its weight in the largest, passes a whole number: always for the largest, every other time for one half as
 * large. All that is shared is the sequence number.
 *
 * <p>There, weights below a tenth of the mean are raised, so that a pick does not have to look at many slots; here the
 * announced shares hold, and the heavy nodes have several slots instead, none of more than the mean: a pick looks at
 * two slots on average. Each picker begins somewhere else, so that clients do not march in step.
 */
public final class RoundRobin implements WeightStrategy {
    private final Supplier<RandomGenerator> randoms;

    /** For ServiceLoader. */
    public RoundRobin() {
        this(ThreadLocalRandom::current);
    }

    public RoundRobin(Supplier<RandomGenerator> randoms) {
        this.randoms = randoms;
    }

    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public boolean readsAttributes() {
        return false;
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        return new StridePicker(Draws.shares(candidates), randoms.get());
    }

    private static final class StridePicker implements Picker {
        /** Whose each slot is. */
        private final int[] owners;
        /** By how much each slot advances in a round, as a fraction of 2^64. */
        private final long[] strides;
        /** Where each slot begins. */
        private final long[] offsets;

        private final AtomicLong sequence;

        StridePicker(double[] shares, RandomGenerator random) {
            int[] slotsOf = new int[shares.length];
            double largest = 0;
            for (int i = 0; i < shares.length; i++) {
                slotsOf[i] = Math.max(1, (int) Math.ceil(shares[i] * shares.length));
                largest = Math.max(largest, shares[i] / slotsOf[i]);
            }
            owners = spread(slotsOf);
            strides = new long[owners.length];
            offsets = new long[owners.length];
            for (int slot = 0; slot < owners.length; slot++) {
                int owner = owners[slot];
                double stride = shares[owner] / slotsOf[owner] / largest;
                strides[slot] = stride >= 1 ? -1L : (long) (stride * 0x1p63) << 1;
                offsets[slot] = random.nextLong();
            }
            sequence = new AtomicLong(beginning(random));
        }

        /**
         * A random place at which a slot is picked: then each candidate is the first with the probability of its share.
         * To begin between two picks would favour the candidate that follows the light ones.
         */
        private long beginning(RandomGenerator random) {
            while (true) {
                // far below the largest number: it never turns negative
                long number = random.nextLong(1L << 60);
                if (isPick(number)) {
                    return number;
                }
            }
        }

        private boolean isPick(long number) {
            int slot = (int) (number % owners.length);
            long round = number / owners.length;
            long before = offsets[slot] + round * strides[slot];
            // unsigned, what comes after is less only if a whole number was passed
            return Long.compareUnsigned(before + strides[slot], before) < 0;
        }

        /** The slots, those of one owner as far apart as may be. */
        private static int[] spread(int[] slotsOf) {
            record Slot(int owner, double place) {}
            Slot[] slots = new Slot[Arrays.stream(slotsOf).sum()];
            int next = 0;
            for (int owner = 0; owner < slotsOf.length; owner++) {
                for (int i = 0; i < slotsOf[owner]; i++) {
                    slots[next++] = new Slot(owner, (i + 0.5) / slotsOf[owner]);
                }
            }
            return Arrays.stream(slots)
                    .sorted((a, b) -> Double.compare(a.place(), b.place()))
                    .mapToInt(Slot::owner)
                    .toArray();
        }

        @Override
        public int pick(RandomGenerator random) {
            while (true) {
                long number = sequence.getAndIncrement();
                if (isPick(number)) {
                    return owners[(int) (number % owners.length)];
                }
            }
        }
    }
}
