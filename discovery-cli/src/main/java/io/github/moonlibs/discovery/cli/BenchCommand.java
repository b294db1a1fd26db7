package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Calls a procedure as fast as possible. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = {
            "Calls a procedure repeatedly, and shows how fast it answered, in total and by node.",
            "The loop is closed: a caller waits for its answer before it calls again, so a node that hangs is called less,"
                    + " and counts less in the percentiles."
        })
final class BenchCommand extends ReplicasetCommand {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration WITHOUT_END = Duration.ofDays(365);

    @Parameters(index = "0", paramLabel = "METHOD", description = "The name of the procedure, as it is announced.")
    private String method = "";

    @Parameters(index = "1..*", paramLabel = "ARG", description = Arguments.DESCRIPTION)
    private List<String> arguments = List.of();

    @Mixin
    private CallLimits limits = new CallLimits();

    @Option(
            names = "--callers",
            paramLabel = "N",
            order = 20,
            defaultValue = "16",
            description = "How many callers call at the same time. Default: ${DEFAULT-VALUE}.")
    private int callers;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            order = 21,
            description = "How long to call. Default: 10s; with --calls, until they are made.")
    private @Nullable Duration duration;

    @Option(names = "--calls", paramLabel = "N", order = 22, description = "How many calls to make at most.")
    private @Nullable Long calls;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            order = 23,
            defaultValue = "2s",
            converter = Times.OrZero.class,
            description = "How long to call before counting; 0s: not at all. Default: ${DEFAULT-VALUE}.")
    private Duration warmup = Duration.ZERO;

    BenchCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws InterruptedException {
        requireName(method);
        if (callers < 1) {
            throw wrong("--callers: expected at least 1, got " + callers);
        }
        if (calls != null && calls < 1) {
            throw wrong("--calls: expected at least 1, got " + calls);
        }
        List<@Nullable Object> values = Arguments.read(arguments, shell.in());
        CallOptions options = limits.options();
        try (DiscoveryClient client = connect(patience())) {
            ClientSnapshot known = Settling.await(client, patience());
            if (known.routing().routes(method).isEmpty()) {
                unserved(Routes.unserved(method, known));
                return Main.AT_FAULT;
            }
            if (!warmup.isZero()) {
                run(client, values, options, "warm-up", new Load(callers, warmup, Long.MAX_VALUE), new Tally());
            }
            Tally tally = new Tally();
            long start = System.nanoTime();
            run(client, values, options, "calling", load(), tally);
            report(new BenchReport(method, callers, Duration.ofNanos(System.nanoTime() - start), tally));
            return tally.failed() == 0 ? Main.OK : Main.AT_FAULT;
        }
    }

    private Load load() {
        Duration end = duration != null ? duration : calls != null ? WITHOUT_END : LONG;
        return new Load(callers, end, calls == null ? Long.MAX_VALUE : calls);
    }

    private void run(
            DiscoveryClient client,
            List<@Nullable Object> values,
            CallOptions options,
            String what,
            Load load,
            Tally tally)
            throws InterruptedException {
        if (!shell.terminal().isInteractive()) {
            load.run(client, method, values, options, tally, part -> {});
            return;
        }
        ProgressBar bar = new ProgressBar(shell.err());
        try {
            load.run(
                    client,
                    method,
                    values,
                    options,
                    tally,
                    part -> bar.show(what, part, tally.ended(), tally.failed()));
        } finally {
            bar.clear();
        }
    }

    private void unserved(String why) {
        if (json()) {
            Map<String, @Nullable Object> document = Documents.document("bench", false);
            document.put("method", method);
            document.put("callers", callers);
            document.put("error", why);
            shell.out().println(Json.line(document));
        }
        shell.err().println("discovery bench: " + why);
    }

    private void report(BenchReport report) {
        if (json()) {
            shell.out().println(Json.line(report.document()));
        } else {
            int columns = shell.columns();
            report.lines(columns, shell.colours()).forEach(shell.out()::println);
        }
    }
}
