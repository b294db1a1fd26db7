package io.github.moonlibs.discovery.docs;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The javadoc of what applications and their tests call, all modules in one, so that its search finds all of it. */
final class Javadoc {
    /** What the JDK's pages name a class's page after. */
    private static final String TYPE = "[A-Z]\\w*(\\.[A-Z]\\w*)*\\.html";

    private static final String PACKAGE = "io/github/moonlibs/discovery";

    /** A module, and its packages that applications see. */
    private record Module(String name, List<String> packages) {
        List<Path> sources(Path root) throws IOException {
            List<Path> sources = new ArrayList<>();
            for (String folder : packages) {
                try (Stream<Path> files = Files.list(root.resolve(name + "/src/main/java/" + folder))) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .forEach(sources::add);
                }
            }
            return sources;
        }
    }

    private static final List<Module> MODULES = List.of(
            new Module("discovery-api", List.of(PACKAGE, PACKAGE + "/spi")),
            new Module("discovery-testkit", List.of(PACKAGE + "/testkit", PACKAGE + "/testkit/junit")),
            new Module("discovery-micrometer", List.of(PACKAGE + "/micrometer")),
            new Module("discovery-spring-boot", List.of(PACKAGE + "/spring")));

    private Javadoc() {}

    /**
     * Writes it.
     *
     * @param root the repository's folder
     * @param folder where it is to lie
     * @return the pages of the types, relative to the folder
     */
    static List<String> write(Path root, Path folder, Project project) throws IOException {
        String title = "discovery " + project.version();
        List<String> arguments =
                new ArrayList<>(List.of("-quiet", "-Xdoclint:none", "-encoding", "UTF-8", "-notimestamp"));
        arguments.addAll(List.of("-d", folder.toString(), "-classpath", System.getProperty("java.class.path")));
        arguments.addAll(List.of("-windowtitle", title, "-doctitle", title));
        arguments.addAll(List.of("-header", "<a href=\"{@docRoot}/../index.html\">Documentation</a>"));
        for (Module module : MODULES) {
            arguments.addAll(List.of(
                    "-group", module.name(), String.join(":", module.packages()).replace('/', '.')));
        }
        for (Module module : MODULES) {
            module.sources(root).forEach(source -> arguments.add(source.toString()));
        }
        StringWriter said = new StringWriter();
        try (PrintWriter out = new PrintWriter(said)) {
            if (ToolProvider.findFirst("javadoc").orElseThrow().run(out, out, arguments.toArray(String[]::new)) != 0) {
                throw new IOException("javadoc failed: " + said);
            }
        }
        return types(folder);
    }

    private static List<String> types(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(PACKAGE))) {
            return files.filter(file -> file.getFileName().toString().matches(TYPE))
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
