package io.github.moonlibs.discovery.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What a reader may take: so much memory for each byte of its input beyond a constant as its target allows, and time that is linear.
 * Memory and time are those of the thread alone, so that what else the machine does counts little.
 */
final class Bounds {
    /** What is measured once may be the loading of a class, or a collection of garbage. */
    private static final int TRIES = 4;

    private static final int SMALL = 16 << 10;
    private static final int TIMES = 4;
    /** Linear time grows by 4, quadratic time by 16. */
    private static final int MOST_GROWTH = 10;

    private static final long NEGLIGIBLE_NANOS = 40_000_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Target target;
    private final LongSupplier nanos;
    private final Set<Growth> measured = new HashSet<>();

    Bounds(Target target) {
        this(target, THREADS::getCurrentThreadCpuTime);
    }

    /** @param nanos the time that this thread has used */
    Bounds(Target target, LongSupplier nanos) {
        this.target = target;
        this.nanos = nanos;
    }

    /** A finding: the reader took too much. */
    static final class ExceededException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ExceededException(String message) {
            super(message);
        }
    }

    /**
     * Reads the input.
     *
     * @return whether it was accepted
     */
    boolean read(byte[] input) throws Exception {
        if (Refusal.isGivenAway(input)) {
            return false;
        }
        long limit = target.constant() + (long) target.bytesAByte() * input.length;
        long least = Long.MAX_VALUE;
        boolean accepted = false;
        for (int i = 0; i < TRIES && least > limit; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            accepted = target.read(input);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        if (least > limit) {
            throw new ExceededException("expected at most " + limit + " bytes allocated for an input of " + input.length
                    + " bytes, got " + least);
        }
        return accepted;
    }

    /** Reads the input, and what it grows into in each way. */
    void readAll(byte[] input) throws Exception {
        read(input);
        for (Growth growth : target.growths()) {
            readGrown(input, growth);
        }
    }

    /** Reads what the input grows into. */
    void readGrown(byte[] input, Growth growth) throws Exception {
        byte[] small = growth.grow(input, SMALL);
        byte[] large = growth.grow(input, TIMES * SMALL);
        if (measured.add(growth)) {
            nanos(small);
        }
        read(large);
        if (large.length < 2 * small.length || nanos(large) < NEGLIGIBLE_NANOS) {
            return;
        }
        long allowed = (long) MOST_GROWTH * Math.ceilDiv(large.length, TIMES * small.length);
        long smallest = Long.MAX_VALUE;
        long largest = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            smallest = Math.min(smallest, nanos(small));
            largest = Math.min(largest, nanos(large));
            if (largest < NEGLIGIBLE_NANOS || largest <= allowed * smallest) {
                return;
            }
        }
        throw new ExceededException("expected time in proportion to the length of the input, got " + smallest / 1000
                + " µs for " + small.length + " bytes and " + largest / 1000 + " µs for " + large.length);
    }

    private long nanos(byte[] input) throws Exception {
        long before = nanos.getAsLong();
        target.read(input);
        return nanos.getAsLong() - before;
    }
}
