package io.github.moonlibs.discovery.core.health;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a node takes to answer: the average of Finagle's {@code PeakEwma}. A slower answer is believed at once; faster
 * ones draw the average down by e^(−Δt/τ), τ = 10 s, as does silence, so that a node once slow is tried again some day.
 *
 * <p>One atomic holds the average and when it was taken, so that an answer costs one compare-and-set; while answers come
 * faster than the clock ticks, most cost none. Thread-safe.
 */
final class Latency {
    static final long DECAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A tick is 2^20 ns, about a millisecond: short against τ, and 32 bits of it are 52 days. */
    private static final int TICK_SHIFT = 20;

    private static final double TICKS_OF_DECAY = (double) DECAY_NANOS / (1 << TICK_SHIFT);

    /** What is left after so many ticks, and after so many times {@link #FEW} ticks: the product is e^(−Δt/τ). */
    private static final int FEW = 256;

    private static final double[] LEFT_AFTER_FEW = decay(FEW, 1);
    private static final double[] LEFT_AFTER_MANY = decay(512, FEW);

    /** The upper half: nanoseconds as the bits of a float, 0 while nothing is known. The lower half: the tick. */
    private final AtomicLong state = new AtomicLong();

    /** The node has answered, now. */
    void answered(long nanos, long nowNanos) {
        float latency = Math.max(1, nanos);
        int tick = tick(nowNanos);
        while (true) {
            long old = state.get();
            float average = average(old);
            double kept = latency >= average ? 0 : kept(old, tick);
            if (kept == 1) {
                // within one tick nothing decays
                return;
            }
            long next = pack((float) (average * kept + latency * (1 - kept)), tick);
            if (state.compareAndSet(old, next)) {
                return;
            }
        }
    }

    /** The node has not answered within that time, and is not waited for any more. */
    void unanswered(long nanos, long nowNanos) {
        if (nanos > nanos(nowNanos)) {
            answered(nanos, nowNanos);
        }
    }

    /** Nanoseconds as of now, at least 1; 0 if nothing is known. */
    long nanos(long nowNanos) {
        long known = state.get();
        float average = average(known);
        return average == 0 ? 0 : Math.max(1, (long) (average * kept(known, tick(nowNanos))));
    }

    /** Knows nothing any more. */
    void forget() {
        state.set(0);
    }

    private static int tick(long nanos) {
        return (int) (nanos >>> TICK_SHIFT);
    }

    /** How much of the average is left at the tick. */
    private static double kept(long state, int tick) {
        int ticks = tick - (int) state;
        if (ticks <= 0) {
            return 1;
        }
        int many = ticks / FEW;
        return many < LEFT_AFTER_MANY.length
                ? LEFT_AFTER_MANY[many] * LEFT_AFTER_FEW[ticks % FEW]
                : Math.exp(-ticks / TICKS_OF_DECAY);
    }

    private static double[] decay(int steps, int ticksOfStep) {
        double[] left = new double[steps];
        for (int i = 0; i < steps; i++) {
            left[i] = Math.exp(-i * ticksOfStep / TICKS_OF_DECAY);
        }
        return left;
    }

    private static float average(long state) {
        return Float.intBitsToFloat((int) (state >>> 32));
    }

    private static long pack(float average, int tick) {
        return (long) Float.floatToRawIntBits(average) << 32 | (tick & 0xffff_ffffL);
    }
}
