package io.github.moonlibs.discovery.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The JMH benchmarks, each with the threads and parameters of interest. */
public final class JmhSuite {
    /** The strategy of all benchmarks but those of {@link #COMPARING_LOAD}. */
    public static final String USUAL = "weighted-random";

    /** The strategies that compare how busy nodes are, whose picks cost more. */
    public static final List<String> COMPARING_LOAD = List.of("least-loaded", "peak-ewma");

    private static final String PICKS = "(RoutingBenchmark.(pick|lookUpAndPick|preparedAndPick)|GrpcPickBenchmark.*)$";
    private static final String LOAD_PICKS = "RoutingBenchmark.pick$";
    private static final String REBUILDS = "RoutingBenchmark.(rebuild|announceSame)$";
    private static final String CODEC = "CodecBenchmark";
    private static final String CALLS = "\\.(CallBenchmark|LoopbackBenchmark)\\.";
    private static final String REST = "(ScopeBenchmark|WatchedCallBenchmark)";
    private static final String QUIET = "-Djava.util.logging.config.file=.mvn/test-logging.properties";
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Form form;
    private final OutputFormat log;
    private final PrintStream out;
    private final List<Score> scores = new ArrayList<>();

    /**
     * The score of one benchmark.
     *
     * @param benchmark the class and method
     * @param parameters by name
     * @param score on average, in the unit
     * @param bytes the bytes that each operation allocates
     */
    public record Score(
            String benchmark, Map<String, String> parameters, int threads, double score, String unit, double bytes) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-45s %-14s %d threads %12.1f %s %12.0f bytes",
                    benchmark,
                    parameters.isEmpty() ? "" : parameters,
                    threads,
                    score,
                    unit,
                    bytes);
        }
    }

    /** All scores. */
    public record Scores(List<Score> scores) {}

    private JmhSuite(Form form, OutputFormat log, PrintStream out) {
        this.form = form;
        this.log = log;
        this.out = out;
    }

    /**
     * Runs the benchmarks.
     *
     * @param log the file for JMH's own output
     */
    public static Scores run(Form form, Path log, PrintStream out) throws IOException {
        try (PrintStream file = new PrintStream(log.toFile(), StandardCharsets.UTF_8)) {
            JmhSuite suite =
                    new JmhSuite(form, OutputFormatFactory.createFormatInstance(file, VerboseMode.NORMAL), out);
            suite.run(PICKS, USUAL, 1);
            suite.run(PICKS, USUAL, 2);
            for (String strategy : COMPARING_LOAD) {
                suite.run(LOAD_PICKS, strategy, 1);
            }
            suite.run(REBUILDS, USUAL, 1);
            suite.run(CODEC, USUAL, 1);
            suite.run(CALLS, USUAL, 1);
            if (form != Form.SHORT) {
                suite.run(REST, USUAL, 1);
            }
            return new Scores(List.copyOf(suite.scores));
        } catch (RunnerException e) {
            throw new IOException("JMH failed; see " + log, e);
        }
    }

    private void run(String benchmarks, String strategy, int threads) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmarks)
                .threads(threads)
                .forks(1)
                .jvmArgsPrepend(QUIET)
                .warmupIterations(form.jmhWarmUps())
                .measurementIterations(form.jmhIterations())
                .warmupTime(TimeValue.milliseconds(form.jmhMillis()))
                .measurementTime(TimeValue.milliseconds(form.jmhMillis()))
                .addProfiler(GCProfiler.class)
                .param("strategy", strategy)
                .shouldFailOnError(true);
        if (form == Form.SMOKE) {
            options.param("nodes", "3").param("tasks", "1");
        }
        for (RunResult result : new Runner(options.build(), log).run()) {
            Score score = score(result);
            scores.add(score);
            out.println(score);
        }
    }

    private static Score score(RunResult result) {
        BenchmarkParams params = result.getParams();
        Result<?> primary = result.getPrimaryResult();
        String[] name = params.getBenchmark().split("\\.", -1);
        Map<String, String> parameters = new TreeMap<>();
        params.getParamsKeys().forEach(key -> parameters.put(key, params.getParam(key)));
        return new Score(
                name[name.length - 2] + "." + name[name.length - 1],
                parameters,
                params.getThreads(),
                primary.getScore(),
                primary.getScoreUnit().replace("/op", ""),
                Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                        .getScore());
    }
}
