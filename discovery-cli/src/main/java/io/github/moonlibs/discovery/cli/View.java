package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.cli.Table.Cell;
import io.github.moonlibs.discovery.text.SafeText;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A replicaset at one moment, as a page of text: the state of each node, and below it the nodes of each method.
 *
 * @param methods the methods to show
 * @param probes the results of probing; null without it
 */
record View(
        TopologySnapshot topology,
        RoutingSnapshot routing,
        Collection<String> methods,
        @Nullable Probes probes) {
    private static final String FAULT = "!";
    private static final String INDENT = "      ";

    /** An address takes so many columns: 255.255.255.255:65535. */
    private static final int ADDRESS = 21;

    /** Of a method's name, this much is shown even in a narrow terminal. */
    private static final int SHORTEST_NAME = 10;

    /** The columns of a method beside its name: the mark of a fault, how many nodes serve it, and the gaps. */
    private static final int BESIDE_METHOD = " ".length() + "NODES".length() + 4;

    /** The columns of a node in the table of methods: a weight such as 0.3333, a share, and the gaps. */
    private static final int ROUTE_COLUMNS = 15;

    /** What a tier adds to them, such as " t1". */
    private static final int TIER_COLUMNS = 3;

    /** The lines of the page, none wider than this many columns. */
    List<String> lines(int columns, boolean colours) {
        List<String> lines = new ArrayList<>();
        lines.add(Table.line(List.of(Cell.of(title(), Paint.BOLD)), columns, colours));
        if (topology.lastError() != null) {
            lines.addAll(wrapped(topology.lastError(), columns, colours));
        }
        if (probes != null && routing.routes(probes.method()).isEmpty()) {
            String nowhere = "--probe calls no node: none serves " + SafeText.name(probes.method());
            String meant = Nearest.question(probes.method(), routing.routes().keySet());
            lines.addAll(wrapped(nowhere + (meant.isEmpty() ? "" : "; " + meant), columns, colours));
        }
        lines.add("");
        lines.addAll(nodes(columns).lines(columns, colours));
        int routeColumns = ROUTE_COLUMNS + (methods.stream().anyMatch(this::hasTiers) ? TIER_COLUMNS : 0);
        // half of the line for the method, so that at least one node fits beside it
        int longest = Math.max(SHORTEST_NAME, Math.min(columns / 2, columns - BESIDE_METHOD - routeColumns));
        List<String> names = methods.stream()
                .map(method -> Table.abbreviated(method, longest))
                .toList();
        int widest = names.stream().mapToInt(String::length).max().orElse(0);
        int most = Math.max(1, (columns - BESIDE_METHOD - widest) / routeColumns);
        for (int first = 0; first < topology.nodes().size(); first += most) {
            lines.add("");
            int end = Math.min(first + most, topology.nodes().size());
            lines.addAll(routes(names, first, end).lines(columns, colours));
        }
        return lines;
    }

    private String title() {
        long serving = topology.nodes().stream().filter(Faults::isInService).count();
        Duration age = topology.age();
        return topology.source() + ": " + serving + " of " + topology.nodes().size() + " serving"
                + (age == null
                        ? ", not read yet"
                        : age.toSeconds() == 0 ? "" : ", confirmed " + Times.rough(age) + " ago");
    }

    private static List<String> wrapped(String text, int columns, boolean colours) {
        return below(text, columns, Paint.BAD).stream()
                .map(cell -> Table.line(List.of(cell), columns, colours))
                .toList();
    }

    // ---- the nodes

    private Table nodes(int columns) {
        Table table = new Table();
        List<Cell> heading = new ArrayList<>(List.of(Cell.of(" "), Cell.number("#"), Cell.of("NODE")));
        if (isNamed()) {
            heading.add(Cell.of("ADDRESS"));
        }
        heading.addAll(List.of(Cell.of("STATE"), Cell.number("FOR"), Cell.of("ROLE")));
        if (probes != null) {
            heading.addAll(
                    List.of(Cell.number("ANSWERED"), Cell.number("FAILED"), Cell.number("P50"), Cell.number("P99")));
        }
        heading.add(Cell.of("SERVER"));
        if (hasProtocols()) {
            heading.add(Cell.of("PROTOCOL"));
        }
        table.heading(heading.toArray(Cell[]::new));
        for (int i = 0; i < topology.nodes().size(); i++) {
            NodeSnapshot node = topology.nodes().get(i);
            table.row(node(i + 1, node, columns), reasons(node, columns));
        }
        return table;
    }

    /** Whether the topology names nodes otherwise than by their addresses. */
    private boolean isNamed() {
        return topology.nodes().stream()
                .map(NodeSnapshot::instance)
                .anyMatch(node -> !node.name().equals(node.endpoint().address()));
    }

    /** Whether any server says what protocol it speaks. */
    private boolean hasProtocols() {
        return topology.nodes().stream().anyMatch(node -> node.protocol() != null);
    }

    private List<Cell> node(int number, NodeSnapshot node, int columns) {
        Paint paint = paint(node);
        Instance instance = node.instance();
        List<Cell> cells = new ArrayList<>(List.of(
                Cell.of(paint == Paint.BAD ? FAULT : " ", paint),
                Cell.number(Integer.toString(number)),
                Cell.of(name(instance.name(), columns), paint == Paint.BAD ? paint : Paint.PLAIN)));
        if (isNamed()) {
            cells.add(Cell.of(name(instance.endpoint().address(), columns)));
        }
        cells.addAll(List.of(
                Cell.of(node.state().toString(), paint),
                Cell.number(Times.rough(node.inState())),
                Cell.of(role(node))));
        if (probes != null) {
            long failed = probes.failed(instance);
            cells.addAll(List.of(
                    Cell.number(Long.toString(probes.answered(instance))),
                    Cell.number(Long.toString(failed)).painted(failed > 0 ? Paint.BAD : Paint.PLAIN),
                    Cell.number(millis(probes.percentile(instance, 50))),
                    Cell.number(millis(probes.percentile(instance, 99)))));
        }
        cells.add(Cell.of(ServerText.product(node)));
        if (hasProtocols()) {
            cells.add(Cell.of(ServerText.protocol(node)));
        }
        return cells;
    }

    /** A node's name or address, so that the state beside them, or beside it, is seen. */
    private String name(String name, int columns) {
        return Table.abbreviated(name, Math.max(ADDRESS, columns / (isNamed() ? 3 : 2)));
    }

    private static Paint paint(NodeSnapshot node) {
        return switch (node.state()) {
            case SERVING -> Faults.of(node).isEmpty() ? Paint.GOOD : Paint.BAD;
            case CONNECTING, DRAINING, CLOSED -> Paint.UNSURE;
            case SILENT, DOWN -> Paint.BAD;
        };
    }

    private static String role(NodeSnapshot node) {
        Announcement announcement = node.announcement();
        Boolean master = announcement == null ? null : announcement.isMaster();
        return master == null ? "" : master ? "master" : "replica";
    }

    private static String millis(@Nullable Duration time) {
        return time == null ? "" : Times.millis(time);
    }

    /** Why the node doesn't serve, or not all that it announces. */
    private static List<Cell> reasons(NodeSnapshot node, int columns) {
        List<String> reasons = node.state() == State.SERVING ? Faults.ofServing(node) : List.of(node.reason());
        return reasons.stream()
                .flatMap(reason -> below(reason, columns, paint(node)).stream())
                .toList();
    }

    /** A text below a node, broken between words. */
    private static List<Cell> below(String text, int columns, Paint paint) {
        List<Cell> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(INDENT);
        for (String word : text.split(" ", -1)) {
            if (line.length() > INDENT.length() && line.length() + 1 + word.length() > columns) {
                lines.add(Cell.of(line.toString(), paint));
                line.setLength(INDENT.length());
            }
            line.append(line.length() > INDENT.length() ? " " : "").append(word);
        }
        lines.add(Cell.of(line.toString(), paint));
        return lines;
    }

    // ---- the methods

    /**
     * The methods, with weight and share of some of the nodes: as many as fit side by side.
     *
     * @param names the methods, as they are shown
     */
    private Table routes(List<String> names, int first, int end) {
        Table table = new Table();
        List<Cell> heading = new ArrayList<>(List.of(Cell.of(" "), Cell.of("METHOD"), Cell.number("NODES")));
        for (int i = first; i < end; i++) {
            heading.addAll(List.of(Cell.number("#" + (i + 1)), Cell.number("")));
        }
        table.heading(heading.toArray(Cell[]::new));
        Iterator<String> name = names.iterator();
        for (String method : methods) {
            boolean hasTiers = hasTiers(method);
            int nodes = routing.routes(method).size();
            Paint paint = nodes == 0 ? Paint.BAD : Paint.PLAIN;
            List<Cell> cells = new ArrayList<>(List.of(
                    Cell.of(nodes == 0 ? FAULT : " ", paint),
                    Cell.of(name.next(), paint),
                    Cell.number(Integer.toString(nodes)).painted(paint)));
            topology.nodes().subList(first, end).forEach(node -> cells.addAll(route(method, node, hasTiers)));
            table.row(cells);
        }
        return table;
    }

    /** Whether a node announces a tier above 0. It stays one among several while those of tier 0 are down. */
    private boolean hasTiers(String method) {
        return topology.nodes().stream()
                .map(node -> announced(method, node))
                .anyMatch(announced -> announced != null && announced.tier() > 0);
    }

    /** What the node announces of the method; null if nothing, or if the node is not in service. */
    private static Announcement.@Nullable Method announced(String method, NodeSnapshot node) {
        Announcement announcement = node.announcement();
        return announcement == null || !Faults.isInService(node)
                ? null
                : announcement.methods().get(method);
    }

    /** The weight that the node announces for the method, its tier if there are several, and its share of the calls. */
    private List<Cell> route(String method, NodeSnapshot node, boolean hasTiers) {
        Announcement.Method announced = announced(method, node);
        if (announced == null) {
            return List.of(Cell.number(Faults.isInService(node) ? "·" : "–").painted(Paint.FAINT), Cell.number(""));
        }
        String weight = number(announced.weight()) + (hasTiers ? " t" + announced.tier() : "");
        double share = Routes.share(routing, method, node);
        return List.of(Cell.number(weight), Cell.number(share == 0 ? "" : percent(share)));
    }

    /** A weight in few columns. One that is very small isn't shown as 0, which means that the method is not called. */
    private static String number(double weight) {
        boolean isExtreme = weight != 0 && (weight < 0.0001 || weight >= 1e6);
        DecimalFormat format =
                new DecimalFormat(isExtreme ? "0.#E0" : "0", DecimalFormatSymbols.getInstance(Locale.ROOT));
        if (!isExtreme) {
            int wholeDigits = (int) Math.log10(Math.max(1, weight));
            format.setMaximumFractionDigits(Math.max(0, 4 - wholeDigits));
        }
        return format.format(weight);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }
}
