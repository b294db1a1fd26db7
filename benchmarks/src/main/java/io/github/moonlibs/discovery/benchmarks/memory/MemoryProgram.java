package io.github.moonlibs.discovery.benchmarks.memory;

import io.github.moonlibs.discovery.benchmarks.ChildJvm;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The memory of a client for a call in flight, and for a node. The nodes are fake ones in this process. The client has
 * a process of its own, which counts its reachable heap by class. So the frames of virtual threads, which are on the
 * heap while a thread waits, can be distinguished from the rest.
 */
public final class MemoryProgram {
    static final String METHOD = "users.get";
    static final String WARM_UP = "users.warm_up";

    private static final int SERVING_CALLS = 3;

    private MemoryProgram() {}

    /** All results. */
    public record Results(List<MemoryUse> uses) {}

    /** Measures both, and prints them. */
    public static Results measure(int calls, int nodes, PrintStream out) throws Exception {
        List<MemoryUse> uses = new ArrayList<>(measure("calls", calls, SERVING_CALLS));
        uses.addAll(measure("nodes", nodes, nodes));
        uses.forEach(use -> out.printf(
                Locale.ROOT,
                "%-23s × %6d: %6.0f bytes each, of them %5.0f of stack and %6.0f beyond; %s%n",
                use.what(),
                use.count(),
                use.total(),
                use.stacks(),
                use.beyondStacks(),
                use.largest()));
        return new Results(uses);
    }

    private static List<MemoryUse> measure(String what, int count, int nodeCount) throws Exception {
        List<FakeNode> nodes =
                Stream.generate(MemoryProgram::node).limit(nodeCount).toList();
        try {
            String endpoints = nodes.stream().map(FakeNode::endpoint).collect(Collectors.joining(","));
            ChildJvm client = ChildJvm.start(
                    List.of(), ChildJvm.classPath(), MemoryCell.class, what, String.valueOf(count), endpoints);
            if (what.equals("calls")) {
                tellWhenInFlight(client.process(), nodes, count);
            }
            return client.results(MemoryUse.class);
        } finally {
            nodes.forEach(FakeNode::close);
        }
    }

    private static FakeNode node() {
        FakeNode node = FakeNode.start();
        return node.announce(METHOD, 100, true).hang(METHOD).announce(WARM_UP, 100, true);
    }

    private static void tellWhenInFlight(Process client, List<FakeNode> nodes, int count)
            throws IOException, InterruptedException {
        while (nodes.stream().mapToInt(FakeNode::callsInFlight).sum() < count) {
            if (client.waitFor(10, TimeUnit.MILLISECONDS)) {
                // the process has failed, and its output has the reason
                return;
            }
        }
        try (var input = client.outputWriter()) {
            input.write("all are in flight\n");
        }
    }
}
