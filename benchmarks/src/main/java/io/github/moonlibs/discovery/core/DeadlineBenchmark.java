package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The cost of reading the bound deadline, in a program that binds none and in one that does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DeadlineBenchmark {
    /** Whether the program has ever bound one. */
    @Param({"false", "true"})
    public boolean binds;

    private final Deadline deadline = Deadline.after(Duration.ofHours(1));

    /** Binds a deadline for a moment. */
    @Setup
    public void bind() {
        if (binds) {
            deadline.run(() -> {});
        }
    }

    /** Read by a thread that has read it before. */
    @Benchmark
    public @Nullable Deadline current() {
        return Deadline.current();
    }

    /** Read by a new virtual thread; its start and end are included. */
    @Benchmark
    public void currentOnFreshThread(Blackhole hole) throws InterruptedException {
        Thread.startVirtualThread(() -> hole.consume(Deadline.current())).join();
    }

    /** Bound, read and unbound. */
    @Benchmark
    public @Nullable Deadline bound() throws Exception {
        return deadline.<@Nullable Deadline>call(Deadline::current);
    }
}
