package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy.Candidate;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws by weight, also a second one that differs from the first: a lottery of about 2^62 tickets, of which each
 * candidate holds as many as its weight is worth. Whole tickets leave no room for rounding: a hole is exactly as large as
 * what was taken out. Immutable.
 */
public final class Draws {
    private static final double TICKETS = 0x1p62;

    /** How many tickets the candidates up to and with each hold together. */
    private final long[] upTo;

    private final long total;

    /** Of each range of tickets, of which there are about two for each candidate, the holder of the first one. */
    private final int[] guide;

    /** The upper bits of a ticket are its range. */
    private final int shift;

    Draws(List<? extends Candidate> candidates) {
        double[] shares = shares(candidates);
        upTo = new long[shares.length];
        long sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += Math.max(1, (long) (shares[i] * TICKETS));
            upTo[i] = sum;
        }
        total = sum;
        shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(total) - bits(upTo.length) - 1);
        guide = new int[(int) (total >>> shift) + 2];
        for (int range = 0, holder = 0; range < guide.length; range++) {
            while (holder < upTo.length - 1 && upTo[holder] <= (long) range << shift) {
                holder++;
            }
            guide[range] = holder;
        }
    }

    private static int bits(int number) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(number);
    }

    /** What each weight is of their sum. */
    public static double[] shares(List<? extends Candidate> candidates) {
        double[] shares = candidates.stream().mapToDouble(Candidate::weight).toArray();
        double largest = 0;
        for (double weight : shares) {
            largest = Math.max(largest, weight);
        }
        // by the largest first: the plain sum of finite weights may be infinite
        double sum = 0;
        for (double weight : shares) {
            sum += weight / largest;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] = shares[i] / largest / sum;
        }
        return shares;
    }

    int size() {
        return upTo.length;
    }

    /** One of all. */
    int any(RandomGenerator random) {
        return holder(Math.unsignedMultiplyHigh(random.nextLong(), total));
    }

    /** One of the others, without drawing until it is another: the tickets of the one are taken out. */
    int anyBut(int one, RandomGenerator random) {
        long begin = one == 0 ? 0 : upTo[one - 1];
        long hole = upTo[one] - begin;
        long ticket = Math.unsignedMultiplyHigh(random.nextLong(), total - hole);
        return holder(ticket < begin ? ticket : ticket + hole);
    }

    private int holder(long ticket) {
        int range = (int) (ticket >>> shift);
        int low = guide[range];
        int high = guide[range + 1];
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ticket < upTo[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
