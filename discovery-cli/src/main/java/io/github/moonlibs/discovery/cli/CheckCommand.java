package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reports what is wrong with a replicaset. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = {
            "Connects to every instance, and reports each problem in a line.",
            "Exits with 1 if there is one."
        })
final class CheckCommand extends ReplicasetCommand {
    @Option(
            names = "--min",
            paramLabel = "N",
            order = 10,
            defaultValue = "1",
            description = "How many nodes have to serve each method. Default: ${DEFAULT-VALUE}.")
    private int least = 1;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            order = 11,
            split = ",",
            description = "The methods that have to be served. Default: all that any instance announces.")
    private List<String> methods = List.of();

    CheckCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (least < 1) {
            throw wrong("--min: expected at least 1, got " + least);
        }
        try (DiscoveryClient client = connectBriefly()) {
            ClientSnapshot known = Settling.await(client, patience(), questions());
            TopologySnapshot topology = known.topology();
            RoutingSnapshot routing = known.routing();
            Collection<String> wanted = methods.isEmpty() ? known.methods() : methods;
            List<String> logged = Stream.of(Finding.TWICE, Finding.ANNOUNCEMENT)
                    .map(Logs::warnings)
                    .flatMap(List::stream)
                    .toList();
            List<Finding> findings = Finding.all(known, wanted, least, patience(), logged);
            if (json()) {
                shell.out().println(Json.line(document(topology, routing, findings)));
            } else {
                print(topology, wanted, findings);
            }
            return findings.isEmpty() ? Main.OK : Main.AT_FAULT;
        }
    }

    private void print(TopologySnapshot topology, Collection<String> wanted, List<Finding> findings) {
        findings.forEach(finding -> shell.out().println(finding.sentence()));
        if (findings.isEmpty()) {
            shell.out()
                    .println("ok: " + count(topology.nodes().size(), "instance") + " up, "
                            + count(wanted.size(), "method") + " served, each by " + least + " or more");
            servers(topology).forEach((server, nodes) -> shell.out().println("    " + nodes + " × " + server));
        }
    }

    /** How many instances there are of each kind of server. */
    private static Map<String, Integer> servers(TopologySnapshot topology) {
        Map<String, Integer> servers = new LinkedHashMap<>();
        topology.nodes().forEach(node -> servers.merge(ServerText.of(node), 1, Integer::sum));
        return servers;
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static Map<String, @Nullable Object> document(
            TopologySnapshot topology, RoutingSnapshot routing, List<Finding> findings) {
        Map<String, @Nullable Object> document = Documents.document("check", findings.isEmpty());
        document.put("findings", findings.stream().map(CheckCommand::fields).toList());
        document.put("topology", Documents.topology(topology));
        document.put(
                "nodes",
                topology.nodes().stream()
                        .map(node -> Documents.node(node, routing))
                        .toList());
        return document;
    }

    private static Map<String, Object> fields(Finding finding) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", finding.kind().name().toLowerCase(Locale.ROOT));
        fields.put("subject", finding.subject());
        fields.put("sentence", finding.sentence());
        return fields;
    }
}
