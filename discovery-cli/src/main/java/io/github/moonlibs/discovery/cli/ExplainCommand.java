package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says which nodes serve a method, which do not, and why. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = {
            "Says which nodes serve a method and with what share of its calls, which do not, and why.",
            "Exits with 1 if no node serves it."
        },
        footer = {"", "  discovery explain --endpoints 10.0.0.1:3301,10.0.0.2:3301 users.get"})
final class ExplainCommand extends ReplicasetCommand {
    @Parameters(index = "0", paramLabel = "METHOD", description = "The name of the procedure, as it is announced.")
    private String method = "";

    ExplainCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws InterruptedException {
        requireName(method);
        try (DiscoveryClient client = connectBriefly()) {
            ClientSnapshot known = Settling.await(client, patience());
            if (json()) {
                shell.out().println(Json.line(document(known)));
            } else {
                print(known);
            }
            return served(known) > 0 ? Main.OK : Main.AT_FAULT;
        }
    }

    private int served(ClientSnapshot known) {
        return known.routing().routes(method).size();
    }

    private void print(ClientSnapshot known) {
        List<NodeSnapshot> nodes = known.topology().nodes();
        shell.out()
                .println(SafeText.name(method) + " is served by " + served(known) + " of " + nodes.size()
                        + (nodes.size() == 1 ? " node" : " nodes"));
        nodes.forEach(node -> shell.out().println("  " + SafeText.sentence(known.why(method, node.instance()))));
        Finding.topology(known.topology()).forEach(finding -> shell.out().println(finding.sentence()));
        String meant = isAnnounced(known) ? "" : Nearest.question(method, known.methods());
        if (!meant.isEmpty()) {
            shell.err().println("discovery explain: no node announces " + SafeText.name(method) + "; " + meant);
        }
    }

    /** Whether a node announces it, be it wrongly. */
    private boolean isAnnounced(ClientSnapshot known) {
        return known.methods().contains(method)
                || known.topology().nodes().stream()
                        .map(NodeSnapshot::announcement)
                        .anyMatch(announcement ->
                                announcement != null && announcement.leftOut().containsKey(method));
    }

    private Map<String, @Nullable Object> document(ClientSnapshot known) {
        Map<String, @Nullable Object> document = Documents.document("explain", served(known) > 0);
        document.put("method", method);
        document.put("served", served(known));
        document.put("topology", Documents.topology(known.topology()));
        document.put(
                "nodes",
                known.topology().nodes().stream().map(node -> node(known, node)).toList());
        return document;
    }

    private Map<String, @Nullable Object> node(ClientSnapshot known, NodeSnapshot node) {
        Optional<Route> route = known.route(method, node.instance());
        Announcement announcement = node.announcement();
        Announcement.Method announced =
                announcement == null ? null : announcement.methods().get(method);
        Map<String, @Nullable Object> fields = Documents.node(node.instance());
        fields.put("serves", route.isPresent());
        fields.put("weight", announced == null ? null : announced.weight());
        fields.put("share", route.map(Route::share).orElse(0.0));
        fields.put("retriable", announced == null ? null : announced.retriable());
        fields.put("why", known.why(method, node.instance()));
        return fields;
    }
}
