package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a replicaset, and refreshes it. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = {
            "Shows every node with its state, and each method's weight and share by node.",
            "It makes no calls of its own, so it shows times and failures only with --probe.",
            "On a terminal the arrows and PgUp and PgDn scroll, and q quits."
        })
final class WatchCommand extends ReplicasetCommand {
    @Option(
            names = "--interval",
            paramLabel = "TIME",
            order = 10,
            defaultValue = "1s",
            description = "The time between two refreshes. Default: ${DEFAULT-VALUE}.")
    private Duration interval = Duration.ZERO;

    @Option(names = "--count", paramLabel = "N", order = 11, description = "End after this many pages.")
    private @Nullable Integer count;

    @Option(
            names = "--once",
            order = 12,
            description = "Show one page, when every node has answered or failed (at most --wait).")
    private boolean once;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            order = 13,
            split = ",",
            description = "The methods to show. Default: all that are announced.")
    private List<String> methods = List.of();

    @Option(
            names = "--probe",
            paramLabel = "METHOD",
            order = 14,
            description =
                    "Call this method, with the ARGs, on every node that serves it, once per refresh, and show how many"
                            + " calls each node answered and failed, and how fast.")
    private @Nullable String probe;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            order = 15,
            defaultValue = "1s",
            description = "The time limit of a call of --probe. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    @Parameters(paramLabel = "ARG", description = "The arguments of --probe, like those of call.")
    private List<String> arguments = List.of();

    WatchCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (count != null && count < 1) {
            throw wrong("--count: expected at least 1, got " + count);
        }
        if (probe == null && !arguments.isEmpty()) {
            throw wrong("ARG: expected --probe METHOD with it");
        }
        Probes probes = probe == null
                ? null
                : new Probes(
                        probe,
                        Arguments.read(arguments, shell.in()),
                        CallOptions.defaults().withTimeout(timeout));
        boolean live = shell.terminal().isInteractive() && !json() && !once;
        // a screen shows the nodes from the beginning, while they connect
        try (DiscoveryClient client = live ? connect(Duration.ZERO) : connectBriefly()) {
            if (!live) {
                Settling.await(client, patience(), questions());
            }
            if (live) {
                try (LiveScreen screen = new LiveScreen(shell.out());
                        Keyboard keys = shell.terminal().keyboard()) {
                    look(client, probes, screen, () -> quits(screen, keys));
                }
            } else {
                look(client, probes, null, () -> {
                    Thread.sleep(interval);
                    return false;
                });
            }
        }
        return Main.OK;
    }

    /** What happens between two pages. */
    private interface Pause {
        boolean endsTheWatch() throws InterruptedException;
    }

    private void look(DiscoveryClient client, @Nullable Probes probes, @Nullable LiveScreen screen, Pause pause)
            throws InterruptedException {
        int looks = once ? 1 : count == null ? Integer.MAX_VALUE : count;
        for (int look = 1; ; look++) {
            if (probes != null) {
                probes.round(client);
            }
            ClientSnapshot known = client.snapshot();
            show(known, probes, screen);
            // a PrintStream does not report by itself that the reader of a pipe has gone
            if (shell.out().checkError() || look >= looks || pause.endsTheWatch()) {
                return;
            }
        }
    }

    /** Scrolls by the keys that are pressed within the interval; returns whether one of them is to quit. */
    private boolean quits(LiveScreen screen, Keyboard keys) throws InterruptedException {
        long end = System.nanoTime() + interval.toNanos();
        for (long left = interval.toNanos(); left > 0; left = end - System.nanoTime()) {
            Key key = keys.await(Duration.ofNanos(left));
            if (key == Key.QUIT) {
                return true;
            }
            if (key != null) {
                screen.scroll(key, shell.terminal().size());
            }
        }
        return false;
    }

    private void show(ClientSnapshot known, @Nullable Probes probes, @Nullable LiveScreen screen) {
        TopologySnapshot topology = known.topology();
        RoutingSnapshot routing = known.routing();
        Collection<String> shown = methods.isEmpty() ? Routes.methods(topology, routing) : methods;
        if (json()) {
            shell.out().println(Json.line(document(known, shown, probes)));
            return;
        }
        List<String> lines = new View(topology, routing, shown, probes).lines(shell.columns(), shell.colours());
        if (screen != null) {
            screen.paint(lines, shell.terminal().size());
        } else {
            lines.forEach(shell.out()::println);
            shell.out().println();
        }
    }

    private Map<String, @Nullable Object> document(
            ClientSnapshot known, Collection<String> shown, @Nullable Probes probes) {
        TopologySnapshot topology = known.topology();
        boolean ok = Finding.all(known, shown, 1, patience(), List.of()).isEmpty();
        Map<String, @Nullable Object> document = Documents.document("watch", ok);
        document.put("time", Instant.now());
        document.put("topology", Documents.topology(topology));
        document.put(
                "nodes",
                topology.nodes().stream()
                        .map(node -> node(node, known.routing(), probes))
                        .toList());
        return document;
    }

    private static Map<String, @Nullable Object> node(
            NodeSnapshot node, RoutingSnapshot routing, @Nullable Probes probes) {
        Map<String, @Nullable Object> fields = Documents.node(node, routing);
        if (probes != null) {
            fields.put("probe", probes.document(node.instance()));
        }
        return fields;
    }
}
