package io.github.moonlibs.discovery.benchmarks.report;

import io.github.moonlibs.discovery.benchmarks.JmhSuite.Score;
import io.github.moonlibs.discovery.benchmarks.Verdict;
import io.github.moonlibs.discovery.benchmarks.memory.MemoryUse;
import io.github.moonlibs.discovery.benchmarks.polling.PollingProgram;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Measurement;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Medians;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The results as tables, the same for every document. */
final class Tables {
    private Tables() {}

    static List<Table> of(Results results) {
        List<Table> tables = new ArrayList<>();
        tables.add(goals(Goals.verdicts(results)));
        results.sideBySide().ifPresent(all -> tables.add(sideBySide(all.measurements())));
        results.jmh().ifPresent(all -> tables.add(jmh(all.scores())));
        results.memory().ifPresent(all -> tables.add(memory(all.uses())));
        results.polling().ifPresent(all -> tables.add(polling(all)));
        return tables;
    }

    private static Table goals(List<Verdict> verdicts) {
        return new Table(
                "goals",
                "To reach",
                List.of("what", "wanted", "measured", ""),
                verdicts.stream()
                        .map(one -> List.of(
                                one.what(), one.bound(), one.measured(), one.reached() ? "reached" : Table.MISSED))
                        .toList());
    }

    private static Table sideBySide(List<Measurement> measurements) {
        return new Table(
                "side-by-side",
                "Side by side: medians of rounds",
                List.of(
                        "contestant",
                        "callers",
                        "calls/s",
                        "p50, µs",
                        "p99, µs",
                        "p99.9, µs",
                        "to the server, µs",
                        "client CPU, µs a call",
                        "servers' CPU, µs a call",
                        "bytes a call",
                        "others' CPU"),
                Medians.of(measurements).stream()
                        .map(one -> List.of(
                                one.contestant(),
                                one.load(),
                                number("%,.0f", one.callsPerSecond()),
                                number("%,.1f", one.p50()),
                                number("%,.1f", one.p99()),
                                number("%,.0f", one.p999()),
                                one.toServer() == 0 ? "–" : number("%,.0f", one.toServer()),
                                number("%.2f", one.clientCpu()),
                                number("%.2f", one.serverCpu()),
                                number("%,.0f", one.allocated()),
                                number("%.0f %%", 100 * one.others())))
                        .toList());
    }

    private static Table jmh(List<Score> scores) {
        return new Table(
                "jmh",
                "JMH",
                List.of("benchmark", "parameters", "threads", "time", "bytes"),
                scores.stream()
                        .map(one -> List.of(
                                one.benchmark(),
                                one.parameters().entrySet().stream()
                                        .map(entry -> entry.getKey() + " " + entry.getValue())
                                        .collect(Collectors.joining(", ")),
                                number("%.0f", one.threads()),
                                number("%,.1f ", one.score()) + one.unit().replace("us", "µs"),
                                number("%,.0f", one.bytes())))
                        .toList());
    }

    private static Table memory(List<MemoryUse> uses) {
        return new Table(
                "memory",
                "Memory, bytes of each",
                List.of("what", "how many", "in all", "stack", "beyond", "largest classes"),
                uses.stream()
                        .map(one -> List.of(
                                one.what(),
                                number("%,.0f", one.count()),
                                number("%,.0f", one.total()),
                                number("%,.0f", one.stacks()),
                                number("%,.0f", one.beyondStacks()),
                                largest(one)))
                        .toList());
    }

    private static String largest(MemoryUse use) {
        return use.largest().entrySet().stream()
                .limit(4)
                .map(entry -> entry.getKey().substring(entry.getKey().lastIndexOf('.') + 1)
                        + number(" %,.0f", entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static Table polling(PollingProgram.Results results) {
        return new Table(
                "polling",
                "Discovery with " + number("%,.0f", results.clients()) + " clients, simulated; a poll costs a server "
                        + number("%.1f µs", results.pollMicros()) + ", "
                        + number("%.1f of them", results.transactionMicros()) + " on its transaction thread (measured)",
                List.of(
                        "how a client learns of changes",
                        "polls/s at a server",
                        "transaction thread",
                        "all its cores",
                        "burst after 1 s",
                        "burst later",
                        "longest wait, ms",
                        "known after, p50, ms",
                        "p99, ms",
                        "max, ms"),
                results.outcomes().stream()
                        .map(one -> List.of(
                                one.policy(),
                                number("%,.0f", one.pollsPerSecond()),
                                number("%.1f %%", 100 * one.busy()),
                                number(
                                        "%.1f %%",
                                        100 * one.busy() * results.pollMicros() / results.transactionMicros()),
                                number("%.1f", one.burstAfter1s()),
                                number("%.1f", one.burst()),
                                number("%.0f", one.longestWait()),
                                number("%,.0f", one.notice50()),
                                number("%,.0f", one.notice99()),
                                number("%,.0f", one.noticeMax())))
                        .toList());
    }

    static String number(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
