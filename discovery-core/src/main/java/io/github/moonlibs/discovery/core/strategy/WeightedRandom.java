package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Gives every candidate the share of its weight, exactly: Vose's alias method (M. D. Vose, "A linear algorithm for
 * generating random numbers with a given distribution", 1991). A pick costs one random number and two reads, whatever
 * the number of candidates.
 */
public final class WeightedRandom implements WeightStrategy {
    /** For ServiceLoader. */
    public WeightedRandom() {}

    @Override
    public String name() {
        return "weighted-random";
    }

    @Override
    public boolean readsAttributes() {
        return false;
    }

    @Override
    public Picker newPicker(List<? extends Candidate> candidates) {
        return picker(Draws.shares(candidates));
    }

    /** @param shares above zero, with a sum of 1 */
    static Picker picker(double[] shares) {
        return new AliasPicker(shares);
    }

    private static final class AliasPicker implements Picker {
        /** Slot i holds at 2i an unsigned fraction of 2^64, and at 2i + 1 the candidate that has the rest of the slot. */
        private final long[] slots;

        private final int size;

        AliasPicker(double[] shares) {
            size = shares.length;
            slots = new long[2 * size];
            double[] filled = Arrays.stream(shares).map(share -> share * size).toArray();
            // the slots that are not full yet, from the left, and those that have some to give, from the right
            int[] work = new int[size];
            int small = 0;
            int large = size;
            for (int i = 0; i < size; i++) {
                work[filled[i] < 1 ? small++ : --large] = i;
            }
            while (small > 0 && large < size) {
                int less = work[--small];
                int more = work[large++];
                fill(less, filled[less], more);
                filled[more] -= 1 - filled[less];
                work[filled[more] < 1 ? small++ : --large] = more;
            }
            // what is left is full but for rounding: its rest is its own
            while (small > 0) {
                fill(work[--small], 1, work[small]);
            }
            while (large < size) {
                fill(work[large], 1, work[large++]);
            }
        }

        private void fill(int slot, double fraction, int rest) {
            slots[2 * slot] = fraction >= 1 ? -1L : (long) (fraction * 0x1p63) << 1;
            slots[2 * slot + 1] = rest;
        }

        @Override
        public int pick(RandomGenerator random) {
            // bits × size, as 128 bits: the upper half is the slot, the lower half where in it
            long bits = random.nextLong();
            int slot = (int) Math.unsignedMultiplyHigh(bits, size);
            boolean own = Long.compareUnsigned(bits * size, slots[2 * slot]) < 0;
            return own ? slot : (int) slots[2 * slot + 1];
        }
    }
}
