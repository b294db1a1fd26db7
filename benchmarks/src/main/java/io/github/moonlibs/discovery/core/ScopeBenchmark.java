package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.core.support.TaskScope;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.core.support.ThreadScope;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The cost of running attempts in a scope, compared with running them one after another on the caller's thread: from a
 * virtual thread and from a platform thread, with the JDK's StructuredTaskScope and with plain virtual threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScopeBenchmark {
    /** How many attempts there are. */
    @Param({"1", "3"})
    public int tasks;

    /** The caller's own thread does everything. */
    @Benchmark
    @Fork(1)
    public void callersThread(Blackhole hole) {
        for (int i = 0; i < tasks; i++) {
            hole.consume(i);
        }
    }

    /** Plain virtual threads, started and joined by a platform thread. */
    @Benchmark
    @Fork(1)
    public void threadsFromPlatform(Blackhole hole) throws InterruptedException {
        inScope(ThreadScope::new, hole);
    }

    /** Plain virtual threads, started and joined by a virtual thread. */
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Djmh.executor=VIRTUAL")
    public void threadsFromVirtual(Blackhole hole) throws InterruptedException {
        inScope(ThreadScope::new, hole);
    }

    /** The JDK's scope, opened by a platform thread. */
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "--enable-preview")
    public void structuredFromPlatform(Blackhole hole) throws InterruptedException {
        inScope(TaskScopes.best(), hole);
    }

    /** The JDK's scope, opened by a virtual thread. */
    @Benchmark
    @Fork(
            value = 1,
            jvmArgsAppend = {"--enable-preview", "-Djmh.executor=VIRTUAL"})
    public void structuredFromVirtual(Blackhole hole) throws InterruptedException {
        inScope(TaskScopes.best(), hole);
    }

    private void inScope(TaskScope.Factory scopes, Blackhole hole) throws InterruptedException {
        try (TaskScope scope = scopes.open(null)) {
            for (int i = 0; i < tasks; i++) {
                int task = i;
                scope.fork("attempt", () -> hole.consume(task));
            }
            hole.consume(scope.join());
        }
    }
}
