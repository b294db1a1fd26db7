package io.github.moonlibs.discovery.cli;

import static java.util.stream.Collectors.joining;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * A problem of a replicaset.
 *
 * @param kind what it is about
 * @param subject the node or method; for a topology, its source
 * @param sentence what is wrong, in words
 */
record Finding(Kind kind, String subject, String sentence) {
    /** What the library logs before a problem of an announcement that it accepts otherwise. */
    static final String ANNOUNCEMENT = ": announcement: ";

    /** What the library logs of an instance that a topology lists under one address more than once. */
    static final String TWICE = " is listed twice";

    /** The sentence may quote a server. */
    Finding {
        sentence = SafeText.sentence(sentence);
    }

    enum Kind {
        TOPOLOGY,
        NODE,
        ANNOUNCEMENT,
        METHOD
    }

    /**
     * All problems, causes first.
     *
     * @param known what is known of the replicaset
     * @param methods the methods that have to be served
     * @param least how many nodes have to serve each
     * @param patience how long the nodes had to answer
     * @param logged the library's warnings that name a problem of an announcement or of the topology
     */
    static List<Finding> all(
            ClientSnapshot known, Collection<String> methods, int least, Duration patience, List<String> logged) {
        TopologySnapshot topology = known.topology();
        RoutingSnapshot routing = known.routing();
        List<Finding> findings = new ArrayList<>();
        findings.addAll(topology(topology));
        topology.nodes().forEach(node -> findings.addAll(node(node, patience)));
        logged.stream()
                .distinct()
                .map(line -> line.contains(ANNOUNCEMENT)
                        ? announcement(line, topology)
                        : new Finding(Kind.TOPOLOGY, topology.source(), line))
                .forEach(findings::add);
        methods.stream()
                .filter(method -> routing.routes(method).size() < least)
                .map(method -> method(method, routing.routes(method), least))
                .forEach(findings::add);
        if (methods.isEmpty() && findings.isEmpty()) {
            String source = topology.source();
            findings.add(new Finding(Kind.TOPOLOGY, source, source + ": no instance announces a method"));
        }
        return findings;
    }

    /** The problem of the topology itself, if it has one. */
    static List<Finding> topology(TopologySnapshot topology) {
        String error = topology.lastError();
        if (error == null && topology.age() != null) {
            return List.of();
        }
        String sentence = error != null ? error : "nothing was read from it in time; --wait gives it more";
        return List.of(new Finding(Kind.TOPOLOGY, topology.source(), topology.source() + ": " + sentence));
    }

    private static List<Finding> node(NodeSnapshot node, Duration patience) {
        Instance instance = node.instance();
        Stream<String> sentences = node.state() == State.CONNECTING
                ? Stream.of(instance + " had not answered within " + Times.whole(patience) + " (" + node.reason()
                        + "); --wait gives it more")
                : Faults.of(node).stream().map(fault -> instance + " is " + fault);
        return sentences
                .map(sentence -> new Finding(Kind.NODE, instance.name(), sentence))
                .toList();
    }

    /** The line begins with the instance, as it is logged. */
    private static Finding announcement(String line, TopologySnapshot topology) {
        String subject = topology.nodes().stream()
                .map(NodeSnapshot::instance)
                .filter(instance -> line.startsWith(instance + ": "))
                .map(Instance::name)
                .findFirst()
                .orElseGet(() -> line.substring(0, line.indexOf(": ")));
        return new Finding(Kind.ANNOUNCEMENT, subject, line);
    }

    private static Finding method(String method, List<Route> routes, int least) {
        String by = routes.isEmpty()
                ? "no node"
                : routes.size() + (routes.size() == 1 ? " node (" : " nodes (")
                        + routes.stream()
                                .map(route -> SafeText.name(route.node().name()))
                                .collect(joining(", ")) + ")";
        return new Finding(
                Kind.METHOD,
                method,
                SafeText.name(method) + " is served by " + by + ", expected " + least + " or more");
    }
}
