package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.util.stream.Stream;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/** The times of turns of any number of threads. Striped, because 10,000 histograms would not fit into a cache. */
final class Latencies {
    private static final int STRIPES = 8;
    private static final long UNIT_NANOS = 100;
    private static final long LONGEST_NANOS = 100_000_000_000L;
    private static final int DIGITS = 3;

    private final AtomicHistogram[] stripes = Stream.generate(
                    () -> new AtomicHistogram(UNIT_NANOS, LONGEST_NANOS, DIGITS))
            .limit(STRIPES)
            .toArray(AtomicHistogram[]::new);

    void record(int caller, long nanos) {
        stripes[caller % STRIPES].recordValue(Math.min(nanos, LONGEST_NANOS));
    }

    Histogram sum() {
        Histogram sum = new Histogram(UNIT_NANOS, LONGEST_NANOS, DIGITS);
        for (AtomicHistogram stripe : stripes) {
            sum.add(stripe);
        }
        return sum;
    }
}
