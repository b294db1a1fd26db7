package io.github.moonlibs.discovery.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The promises of docs/contract.md, as tests name them: {@code Calls 1} for a numbered line, {@code Calls 1: the late hedge}
 * for a part of it with a bold name, {@code Hedging: …} for a bold name in a list, {@code Failures: …} and
 * {@code Original: …} for a row of a table. A section's name is the first word of its heading.
 *
 * @param built what a test has to name
 * @param open what is marked as not built yet, so that no test names it
 * @param problems what is wrong with the page
 */
public record Contract(Set<String> built, Set<String> open, List<String> problems) {
    private static final String MARK = "*(open)*";
    private static final Pattern LIKE_A_MARK =
            Pattern.compile("\\*{0,2}[(\\[] *open[^)\\]]*[)\\]]?\\*{0,2}", Pattern.CASE_INSENSITIVE);
    private static final Pattern PART = Pattern.compile("\\*\\*(.+?)\\*\\*( \\*\\(open\\)\\*)?");
    private static final Pattern HEADING = Pattern.compile("#+ (\\w+).*");
    private static final Pattern NUMBERED = Pattern.compile("(\\d+)\\. .*");
    private static final Pattern ROW = Pattern.compile("\\| (.+?) \\| (?:(0x\\w+) \\|)?.*");

    /** Reads the page of the clone that the tests run in, whichever module's folder they run in. */
    public static Contract ofThisRepository() throws IOException {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path page = folder.resolve("docs/contract.md");
            if (Files.exists(page)) {
                return of(Files.readString(page));
            }
        }
        throw new IOException(Path.of("").toAbsolutePath() + ": expected docs/contract.md here or above");
    }

    public static Contract of(String page) {
        Contract contract = new Contract(new LinkedHashSet<>(), new LinkedHashSet<>(), new ArrayList<>());
        String section = "";
        int number = 0;
        boolean inTable = false;
        for (String item : items(page)) {
            Matcher heading = HEADING.matcher(item);
            Matcher numbered = NUMBERED.matcher(item);
            Matcher row = ROW.matcher(item);
            boolean listed = item.startsWith("- ");
            if (heading.matches()) {
                section = heading.group(1);
                number = 0;
            } else if (numbered.matches()) {
                number++;
                if (!numbered.group(1).equals("" + number)) {
                    contract.problems.add(section + " " + numbered.group(1) + ": expected number " + number);
                }
                contract.line(section + " " + number, item);
            } else if (listed) {
                contract.parts(section, item);
            } else if (row.matches() && inTable) {
                contract.built.add(section + ": " + row.group(1) + (row.group(2) == null ? "" : " " + row.group(2)));
            }
            inTable = item.startsWith("|-") || (inTable && item.startsWith("|"));
            if (!numbered.matches() && !listed && !section.isEmpty() && item.contains(MARK)) {
                contract.problems.add(
                        section + ": expected " + MARK + " in numbered lines and lists only, got: " + item);
            }
        }
        return contract;
    }

    /** Paragraphs, lines of lists, rows of tables, each with the lines that go on with it; no code, no preface. */
    private static List<String> items(String page) {
        List<String> items = new ArrayList<>();
        boolean begins = true;
        boolean code = false;
        for (String line :
                page.substring(Math.max(0, page.indexOf("\n## "))).lines().toList()) {
            code ^= line.startsWith("```");
            if (code || line.isBlank() || line.startsWith("```")) {
                begins = true;
            } else if (begins || line.matches("(#|\\||- |\\d+\\. ).*")) {
                items.add(line);
                begins = line.startsWith("#");
            } else {
                items.add(items.removeLast() + " " + line.strip());
            }
        }
        return items;
    }

    private void line(String name, String item) {
        boolean marked = item.endsWith(" " + MARK)
                && !PART.matcher(item).results().anyMatch(part -> part.end() == item.length());
        (marked ? open : built).add(name);
        parts(name, marked ? item.substring(0, item.length() - MARK.length()) : item);
    }

    private void parts(String name, String item) {
        Matcher part = PART.matcher(item);
        while (part.find()) {
            String title = part.group(1).replaceFirst("[.:]$", "");
            String promise = name + ": " + title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1);
            (part.group(2) == null ? built : open).add(promise);
        }
        Matcher stray = LIKE_A_MARK.matcher(part.replaceAll("$1"));
        while (stray.find()) {
            problems.add(name + ": expected " + MARK + " behind the line or behind a bold name, got: " + stray.group());
        }
    }
}
