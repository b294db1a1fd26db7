package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.chaos.CouldServe.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the program says, in plain lines. Thread-safe. */
final class Report {
    /** Of each rule in each second, so that one event does not bury another. */
    private static final int SHOWN = 5;

    private static final int SAMPLE = 2_000;

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void line(String text) {
        out.println("chaos: " + text);
    }

    /** Something that happened at that time. */
    void event(long at, String what) {
        out.println(String.format("%11s  %s", Times.seconds(at), what));
    }

    /** What was called, what came of it, and what the machine added. */
    void summary(History history) {
        Map<Profile, long[]> byProfile = new EnumMap<>(Profile.class);
        for (Call call : history.calls()) {
            long[] counts = byProfile.computeIfAbsent(call.profile(), profile -> new long[2]);
            counts[0]++;
            counts[1] += call.outcome() instanceof Call.Answer ? 0 : 1;
        }
        byProfile.forEach((profile, counts) ->
                line("calls " + profile + ": " + counts[0] + ", of which " + counts[1] + " got no answer"));
        Map<Verdict, Integer> verdicts = ServedRule.verdicts(history);
        line("retriable calls that failed: " + count(verdicts, Verdict.VIOLATION)
                + " although a node could serve them; "
                + count(verdicts, Verdict.NO_NODE) + " while none could, "
                + count(verdicts, Verdict.EJECTED) + " while those that could were ejected for a reason, "
                + count(verdicts, Verdict.NO_BUDGET) + " with the retry budget used up, "
                + count(verdicts, Verdict.NO_TIME) + " with too little time left by nodes in trouble or the machine");
        line("a node could serve " + share(history) + " of the retriable calls, whatever became of them");
        line("timers were late by at most "
                + Times.inMillis(history.platformDelays().longest())
                + " on platform threads, "
                + Times.inMillis(history.virtualDelays().longest())
                + " on virtual threads; " + history.executions().size() + " executions were written down");
    }

    /** How much of the run says something about failures: found of some of the calls, for there may be a million. */
    private static String share(History history) {
        CouldServe couldServe = new CouldServe(history);
        List<Call> calls =
                history.calls().stream().filter(CouldServe::isToBeServed).toList();
        int step = Math.max(1, calls.size() / SAMPLE);
        long looked = 0;
        long servable = 0;
        for (int i = 0; i < calls.size(); i += step) {
            looked++;
            servable += couldServe.judgeAsFailed(calls.get(i)).verdict() == Verdict.VIOLATION ? 1 : 0;
        }
        return (looked == 0 ? 0 : 100 * servable / looked) + " %";
    }

    /** Writes down every call that got no answer, with what is to be said of it. */
    void failedCalls(History history, Path file) throws IOException {
        CouldServe couldServe = new CouldServe(history);
        List<String> lines = new ArrayList<>();
        for (Call call : history.calls()) {
            if (!(call.outcome() instanceof Call.Answer)) {
                CouldServe.Judgement judgement = couldServe.judge(call);
                lines.add(judgement.verdict() + ": " + judgement.reason() + "; " + call.history()
                        + "; timers late by at most "
                        + Times.inMillis(history.platformDelays().longest(call.start(), call.end())) + " (platform), "
                        + Times.inMillis(history.virtualDelays().longest(call.start(), call.end()))
                        + " (virtual); retry budget: " + couldServe.budget(call));
            }
        }
        Files.write(file, lines);
        line("each call that got no answer is in " + file);
    }

    private static int count(Map<Verdict, Integer> verdicts, Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0);
    }

    /** Every violation, unless there are many of one kind in a second; and as the last line whether there was any. */
    boolean verdict(History history, List<Violation> violations, List<String> problems, int faults, Path file)
            throws IOException {
        Map<String, Integer> byRule = new TreeMap<>();
        Map<String, Integer> bySecond = new HashMap<>();
        for (Violation violation : violations) {
            byRule.merge(violation.rule(), 1, Integer::sum);
            String second = violation.rule() + violation.at() / 1_000_000_000;
            if (bySecond.merge(second, 1, Integer::sum) <= SHOWN) {
                out.println(violation.line(history.seed()));
            }
        }
        Files.write(
                file,
                violations.stream()
                        .map(violation -> violation.line(history.seed()))
                        .toList());
        if (bySecond.values().stream().anyMatch(count -> count > SHOWN)) {
            line("more of the same in the same second are in " + file);
        }
        problems.forEach(problem -> line("broken: " + problem));
        String counts = "faults=" + faults + " calls=" + history.calls().size() + " violations=" + violations.size();
        boolean isOk = violations.isEmpty() && problems.isEmpty();
        line(
                isOk
                        ? "ok " + counts
                        : "violated " + counts + " seed=" + history.seed() + " " + byRule
                                + (problems.isEmpty() ? "" : ", and the run itself broke"));
        return isOk;
    }
}
