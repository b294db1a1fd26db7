package io.github.moonlibs.discovery.benchmarks.sidebyside;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The resources used up to a moment. The difference of two is what was used between them.
 *
 * @param nanos the time
 * @param clientCpu nanoseconds on a core: all threads of this process, including its compiler and collector
 * @param serverCpu nanoseconds on a core: the Tarantool instances
 * @param machineCpu nanoseconds on a core: all processes; 0 if the system does not report it in /proc
 * @param allocated bytes, by the Java threads of this process
 */
record Usage(long nanos, long clientCpu, long serverCpu, long machineCpu, long allocated) {
    private static final long TICK_NANOS = 10_000_000;
    private static final Path STAT = Path.of("/proc/stat");
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Usage now(List<Long> servers) throws IOException {
        long serverCpu = servers.stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .mapToLong(Duration::toNanos)
                .sum();
        return new Usage(
                System.nanoTime(),
                SYSTEM.getProcessCpuTime(),
                serverCpu,
                busy(),
                THREADS.getTotalThreadAllocatedBytes());
    }

    /** All time except idling and waiting for disks, the fourth and fifth number of the first line. */
    private static long busy() throws IOException {
        if (!Files.exists(STAT)) {
            return 0;
        }
        String[] words = Files.readAllLines(STAT).getFirst().split(" +", -1);
        return TICK_NANOS
                * LongStream.of(1, 2, 3, 6, 7, 8)
                        .map(word -> Long.parseLong(words[(int) word]))
                        .sum();
    }

    Usage since(Usage before) {
        return new Usage(
                nanos - before.nanos,
                clientCpu - before.clientCpu,
                serverCpu - before.serverCpu,
                machineCpu - before.machineCpu,
                allocated - before.allocated);
    }

    /** The part of the machine that neither the client nor the servers used. */
    double othersShare() {
        double capacity = (double) nanos * Runtime.getRuntime().availableProcessors();
        return Math.max(0, (machineCpu - clientCpu - serverCpu) / capacity);
    }
}
