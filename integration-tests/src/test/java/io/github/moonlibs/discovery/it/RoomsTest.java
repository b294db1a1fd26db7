package io.github.moonlibs.discovery.it;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The packages of the core and of the transport use each other in one direction, as ARCHITECTURE.md draws it. */
class RoomsTest {
    private static final int MAX_FILES = 15;

    private static final Pattern ARROW = Pattern.compile("(\\S+) +-> (\\S+)");

    /** The rooms of a module that each room may use. The one named "" puts the module together, and may use all. */
    private static final Map<String, Set<String>> CORE = withTop(Map.ofEntries(
            entry("transaction", Set.of("call", "routing", "node", "limits", "support")),
            entry("bulk", Set.of("call", "routing", "node")),
            entry("call", Set.of("routing", "node", "health", "limits", "support")),
            entry("watch", Set.of("routing", "node", "support")),
            entry("topology", Set.of("routing", "node", "support")),
            entry("routing", Set.of("node", "strategy", "health", "limits", "support")),
            entry("node", Set.of("strategy", "health", "limits", "support")),
            entry("strategy", Set.of()),
            entry("health", Set.of()),
            entry("limits", Set.of()),
            entry("support", Set.of())));

    private static final Set<String> CODEC = Set.of("codec", "codec.results", "codec.values", "codec.msgpack");

    private static final Map<String, Set<String>> IPROTO = withTop(Map.ofEntries(
            entry("connection", union(CODEC, Set.of("exchange", "stream", "watch", "loop", "wire"))),
            entry("exchange", CODEC),
            entry("stream", Set.of("codec")),
            entry("watch", CODEC),
            entry("loop", Set.of()),
            entry("wire", Set.of("codec", "codec.msgpack")),
            entry("codec", Set.of("codec.results", "codec.values", "codec.msgpack")),
            entry("codec.results", Set.of("codec.values", "codec.msgpack")),
            entry("codec.values", Set.of("codec.msgpack")),
            entry("codec.msgpack", Set.of())));

    private static Map<String, Set<String>> withTop(Map<String, Set<String>> rooms) {
        Map<String, Set<String>> all = new TreeMap<>(rooms);
        all.put("", rooms.keySet());
        return all;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }

    @Test
    void theRoomsOfTheCoreUseEachOtherInOneDirection() {
        assertOnlyAllowedArrows("discovery-core", "io.github.moonlibs.discovery.core", CORE);
    }

    @Test
    void theRoomsOfTheTransportUseEachOtherInOneDirection() {
        assertOnlyAllowedArrows("discovery-iproto", "io.github.moonlibs.discovery.iproto", IPROTO);
    }

    @Test
    void allowedArrowsFormNoCircle() {
        for (Map<String, Set<String>> rooms : List.of(CORE, IPROTO)) {
            rooms.forEach((room, used) -> used.forEach(other -> assertThat(reachable(other, rooms))
                    .as("what %s can reach", other)
                    .doesNotContain(room)));
        }
    }

    @Test
    void noRoomIsCrowded() throws IOException {
        for (String module : List.of("discovery-core", "discovery-iproto")) {
            try (Stream<Path> files = Files.walk(Documentation.file(module + "/src/main/java"))) {
                Map<Path, Long> rooms = files.filter(file -> file.toString().endsWith(".java"))
                        .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
                assertThat(rooms).isNotEmpty();
                assertThat(rooms.values()).as("files in %s", rooms).allMatch(count -> count <= MAX_FILES);
            }
        }
    }

    private static Set<String> reachable(String room, Map<String, Set<String>> rooms) {
        Set<String> used = rooms.getOrDefault(room, Set.of());
        Set<String> all = new TreeSet<>(used);
        used.forEach(each -> all.addAll(reachable(each, rooms)));
        return all;
    }

    private static void assertOnlyAllowedArrows(String module, String base, Map<String, Set<String>> rooms) {
        Map<String, Set<String>> arrows = arrows(module, base);
        assertThat(arrows.keySet()).as("rooms of %s that use another", module).isSubsetOf(rooms.keySet());
        assertThat(arrows.values().stream().mapToInt(Set::size).sum()).isPositive();
        arrows.forEach((room, used) -> assertThat(rooms.get(room))
                .as("what \"%s\" of %s may use", room, module)
                .containsAll(used));
    }

    /** The rooms that each room uses, as jdeps reports them. */
    private static Map<String, Set<String>> arrows(String module, String base) {
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        // without the module's descriptor, whose requirements jdeps would look for
        String classes = Documentation.file(module + "/target/classes/io").toString();
        int code = jdeps.run(
                new PrintWriter(out),
                new PrintWriter(out),
                "--ignore-missing-deps",
                "-verbose:package",
                "-filter:none",
                classes);
        assertThat(code).as(out.toString()).isZero();
        Map<String, Set<String>> arrows = new TreeMap<>();
        Matcher arrow = ARROW.matcher(out.toString());
        while (arrow.find()) {
            String from = room(arrow.group(1), base);
            String to = room(arrow.group(2), base);
            if (from != null && to != null && !from.equals(to)) {
                arrows.computeIfAbsent(from, room -> new TreeSet<>()).add(to);
            }
        }
        return arrows;
    }

    /** The room of a package; null for a package of another module. */
    private static @Nullable String room(String name, String base) {
        return name.equals(base) ? "" : name.startsWith(base + ".") ? name.substring(base.length() + 1) : null;
    }
}
