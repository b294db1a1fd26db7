package io.github.moonlibs.discovery.core.health;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What attempts took lately, and the 95th percentile of it. The buckets are HdrHistogram's (G. Tene): sixteen to each
 * power of two, so that one is at most 6 % wide, from a microsecond to two minutes. Their counts are halved every ten
 * seconds, which HdrHistogram's cannot be, and that is why it is not used here.
 *
 * <p>A record is two atomic increments. Every 64th one reads the percentile off the counts again.
 */
public final class LatencyHistogram {
    /** The percentile while too little is known. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    private static final int UNIT_BITS = 10;
    private static final int SUB_BITS = 4;
    private static final int SUB = 1 << SUB_BITS;
    private static final int BUCKETS = 24 * SUB;

    private static final int READ_EVERY = 64;
    private static final int PERCENT_ABOVE = 5;

    private static final long HALVE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** A method that is called seldom keeps what it knows for longer. */
    private static final int HALVE_FROM = 256;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
    private final AtomicInteger records = new AtomicInteger();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile long p95Nanos = UNKNOWN;

    // guarded by the lock
    private long halvedAt;
    private int recordsWhenHalved;

    LatencyHistogram(long now) {
        halvedAt = now;
    }

    /** What 95 % of the attempts did not exceed, rounded up to the bucket's end; {@link #UNKNOWN} at first. */
    public long p95Nanos() {
        return p95Nanos;
    }

    /**
     * Counts an attempt.
     *
     * @param now on the clock of the constructor's, in nanoseconds
     */
    public void record(long nanos, long now) {
        counts.incrementAndGet(bucket(nanos));
        int recorded = records.incrementAndGet();
        // no thread waits for another one that is reading
        if (recorded % READ_EVERY == 0 && reading.tryLock()) {
            try {
                read();
                if (now - halvedAt >= HALVE_EVERY_NANOS && recorded - recordsWhenHalved >= HALVE_FROM) {
                    halvedAt = now;
                    recordsWhenHalved = recorded;
                    halve();
                }
            } finally {
                reading.unlock();
            }
        }
    }

    private void read() {
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += counts.get(i);
        }
        long left = total * PERCENT_ABOVE / 100;
        int bucket = BUCKETS;
        do {
            left -= counts.get(--bucket);
        } while (left >= 0 && bucket > 0);
        p95Nanos = end(bucket);
    }

    private void halve() {
        for (int i = 0; i < BUCKETS; i++) {
            counts.addAndGet(i, -((counts.get(i) + 1) / 2));
        }
    }

    private static int bucket(long nanos) {
        long units = Math.max(0, nanos) >> UNIT_BITS;
        if (units < SUB) {
            return (int) units;
        }
        int doublings = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(units);
        int bucket = doublings * SUB + (int) (units >> doublings);
        return Math.min(bucket, BUCKETS - 1);
    }

    private static long end(int bucket) {
        int doublings = Math.max(0, bucket / SUB - 1);
        long units = bucket - doublings * SUB + 1L;
        return units << (doublings + UNIT_BITS);
    }
}
