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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes a page of the results, and puts the same tables into documents.
 *
 * <p>Usage: {@code Report DOCUMENT.md…}, where each table goes between the lines {@code <!-- table: ID -->} and {@code
 * <!-- end -->}, and the machine's description between those of {@code machine}.
 */
public final class Report {
    /** The folder of the results. */
    public static final Path FOLDER = Path.of("target", "bench");

    private static final Pattern PLACE =
            Pattern.compile("(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private static final int ENOUGH = 5;

    private Report() {}

    /** Puts the last results into the documents. */
    public static void main(String... documents) throws IOException {
        for (String document : documents) {
            Path file = Path.of(document);
            Files.writeString(file, filled(Files.readString(file), Results.in(FOLDER)));
            System.out.println("see " + document);
        }
    }

    /** Makes the page of the results in the folder. */
    public static void write(Path folder) throws IOException {
        Path page = folder.resolve("index.html");
        Files.writeString(page, page(Results.in(folder)));
        System.out.println("see " + page);
    }

    private static String page(Results results) throws IOException {
        String plots = Plots.of(results).stream().map(LinePlot::svg).collect(Collectors.joining());
        String tables = Tables.of(results).stream().map(Table::html).collect(Collectors.joining());
        return template()
                .replace("{machine}", Table.escape(machine(results)))
                .replace("{plots}", plots)
                .replace("{tables}", tables);
    }

    /** The machine that the figures depend on, and how far they can be trusted. */
    private static String machine(Results results) {
        if (results.sideBySide().isEmpty()) {
            return "Not described: nothing ran side by side.";
        }
        List<Measurement> measurements = results.sideBySide().get().measurements();
        int rounds = measurements.stream().mapToInt(Measurement::round).max().orElse(0);
        List<Measurement> disturbed =
                Medians.of(measurements).stream().filter(Measurement::disturbed).toList();
        String trust = "";
        if (!disturbed.isEmpty()) {
            double most =
                    disturbed.stream().mapToDouble(Measurement::others).max().orElse(0);
            trust = Tables.number(" Others used up to %.0f %% of the machine: figures are provisional.", 100 * most);
        } else if (rounds < ENOUGH) {
            trust = " These are few rounds, after a short warm-up.";
        }
        return results.sideBySide().get().machine() + ". Medians of " + rounds + " rounds." + trust;
    }

    private static String template() throws IOException {
        try (InputStream in = Objects.requireNonNull(Report.class.getResourceAsStream("page.html"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A part that was not measured keeps its figures. */
    private static String filled(String document, Results results) {
        List<Table> tables = Tables.of(results);
        return PLACE.matcher(document).replaceAll(place -> {
            String id = place.group(2);
            Optional<String> content = tables.stream()
                    .filter(table -> table.id().equals(id))
                    .map(Table::markdown)
                    .findFirst();
            if (id.equals("machine")) {
                content = results.sideBySide().map(measured -> machine(results));
            } else if (id.equals("goals") && !results.areComplete()) {
                content = Optional.empty();
            }
            String filled = content.map(text -> place.group(1) + "\n" + text + "\n\n" + place.group(3))
                    .orElse(place.group());
            return Matcher.quoteReplacement(filled);
        });
    }
}
