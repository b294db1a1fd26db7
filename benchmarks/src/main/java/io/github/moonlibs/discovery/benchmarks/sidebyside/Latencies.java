package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.util.Arrays;
import java.util.stream.Stream;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/** The times of turns of any number of threads. Striped, because 10,000 histograms would not fit into a cache. */
final class Latencies {
    private static final int STRIPES = 8;
    private static final long UNIT_NANOS = 100;
    private static final long LONGEST_NANOS = 100_000_000_000L;
    private static final int DIGITS = 3;

    private final AtomicHistogram[] stripes =
            Stream.generate(Latencies::histogram).limit(STRIPES).toArray(AtomicHistogram[]::new);
    private final AtomicHistogram toServer = histogram();

    private static AtomicHistogram histogram() {
        return new AtomicHistogram(UNIT_NANOS, LONGEST_NANOS, DIGITS);
    }

    /** @param toServer until the call ran on the server; 0: not known */
    void record(int caller, long nanos, long toServer) {
        stripes[caller % STRIPES].recordValue(Math.min(nanos, LONGEST_NANOS));
        if (toServer != 0) {
            // the clock that both sides read may be set back
            this.toServer.recordValue(Math.clamp(toServer, 0, LONGEST_NANOS));
        }
    }

    /** How many turns there were. */
    long count() {
        return Arrays.stream(stripes).mapToLong(AtomicHistogram::getTotalCount).sum();
    }

    Histogram sum() {
        Histogram sum = new Histogram(UNIT_NANOS, LONGEST_NANOS, DIGITS);
        for (AtomicHistogram stripe : stripes) {
            sum.add(stripe);
        }
        return sum;
    }

    Histogram toServer() {
        return toServer;
    }
}
