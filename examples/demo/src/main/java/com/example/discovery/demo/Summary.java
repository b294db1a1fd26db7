package com.example.discovery.demo;

import io.github.moonlibs.discovery.DiscoveryException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/** The summary at the end of the demo. */
record Summary(Traffic traffic, List<String> nodes, boolean asExpected) {
    /**
     * Prints tables and the verdict.
     *
     * @return whether no call of a retriable method failed, none was late, and every change was seen
     */
    boolean print(PrintStream out) {
        out.println();
        out.println(Tally.heading());
        for (Method method : Method.values()) {
            out.println(traffic.of(method).row(method));
        }
        out.println();
        printCallsByNode(out);
        Stream.of(Method.values()).forEach(method -> printLastFailure(out, method));
        out.println();
        return printVerdict(out);
    }

    private void printCallsByNode(PrintStream out) {
        out.print("served by     ");
        nodes.forEach(node -> out.printf(" %8s", node));
        out.println();
        for (Method method : Method.values()) {
            out.printf("%-14s", method.procedure);
            nodes.forEach(
                    node -> out.printf(" %8d", traffic.of(method).servedBy().getOrDefault(node, 0L)));
            out.println();
        }
    }

    private void printLastFailure(PrintStream out, Method method) {
        RuntimeException failure = traffic.of(method).lastFailure();
        if (failure != null) {
            out.println();
            out.println(
                    method.retriable
                            ? "The last failure of " + method.procedure + ":"
                            : "Calls of " + method.procedure
                                    + " must not be repeated once they were sent. The last failure:");
            out.println("  " + (failure instanceof DiscoveryException ? failure.getMessage() : failure));
        }
    }

    private boolean printVerdict(PrintStream out) {
        long calls = 0;
        long failed = 0;
        long late = 0;
        for (Method method : Method.values()) {
            Tally tally = traffic.of(method);
            calls += tally.calls();
            failed += method.retriable ? tally.failed() : 0;
            late += tally.lateCalls();
        }
        boolean ok = asExpected && calls > 0 && failed == 0 && late == 0;
        out.printf("demo: %s calls=%d failed=%d late=%d%n", ok ? "ok" : "FAILED", calls, failed, late);
        return ok;
    }
}
