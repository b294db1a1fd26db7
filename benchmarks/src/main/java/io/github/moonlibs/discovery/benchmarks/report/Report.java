package io.github.moonlibs.discovery.benchmarks.report;

import io.github.moonlibs.discovery.benchmarks.sidebyside.Measurement;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Medians;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes a page of what was measured, and puts the same tables into a document.
 *
 * <p>Usage: {@code Report [DOCUMENT.md]}, where each table goes between the lines {@code <!-- table: ID -->} and {@code
 * <!-- end -->}, and the machine's description between those of {@code machine}.
 */
public final class Report {
    /** Where the results lie. */
    public static final Path FOLDER = Path.of("target", "bench");

    private static final Pattern PLACE =
            Pattern.compile("(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private static final int ENOUGH = 5;
    private static final double DISTURBED = 0.1;

    private Report() {}

    /** Writes them. */
    public static void main(String... args) throws IOException {
        Results results = Results.in(FOLDER);
        Path page = FOLDER.resolve("index.html");
        Files.writeString(page, page(results));
        System.out.println("see " + page);
        for (String document : args) {
            Path file = Path.of(document);
            Files.writeString(file, filled(Files.readString(file), results));
            System.out.println("see " + document);
        }
    }

    private static String page(Results results) throws IOException {
        String plots = Plots.of(results).stream().map(LinePlot::svg).collect(Collectors.joining());
        String tables = Tables.of(results).stream().map(Table::html).collect(Collectors.joining());
        return template()
                .replace("{machine}", Table.escape(machine(results)))
                .replace("{plots}", plots)
                .replace("{tables}", tables);
    }

    /** What the figures depend on, and how far they can be trusted. */
    private static String machine(Results results) {
        if (results.sideBySide().isEmpty()) {
            return "Not described: nothing ran side by side.";
        }
        List<Measurement> measurements = results.sideBySide().get().measurements();
        int rounds = measurements.stream().mapToInt(Measurement::round).max().orElse(0);
        double others = Medians.of(measurements).stream()
                .mapToDouble(Measurement::others)
                .max()
                .orElse(0);
        String trust = others < DISTURBED
                ? rounds < ENOUGH ? " These are few rounds." : ""
                : Tables.number(
                        " Others used up to %.0f %% of the machine: the figures are provisional.", 100 * others);
        return results.sideBySide().get().machine() + ". Medians of " + rounds + " rounds." + trust;
    }

    private static String template() throws IOException {
        try (InputStream in = Objects.requireNonNull(Report.class.getResourceAsStream("page.html"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String filled(String document, Results results) {
        List<Table> tables = Tables.of(results);
        return PLACE.matcher(document).replaceAll(place -> {
            String content = place.group(2).equals("machine")
                    ? machine(results)
                    : tables.stream()
                            .filter(table -> table.id().equals(place.group(2)))
                            .map(Table::markdown)
                            .findFirst()
                            .orElse("Not measured.");
            return Matcher.quoteReplacement(place.group(1) + "\n" + content + "\n\n" + place.group(3));
        });
    }
}
