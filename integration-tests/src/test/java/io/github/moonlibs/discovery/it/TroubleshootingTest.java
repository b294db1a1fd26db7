package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on troubleshooting has every message of the library's refusals and failures. */
class TroubleshootingTest {
    /** Where a message begins: an exception, a reason, a line of the log. */
    private static final Pattern MESSAGE = Pattern.compile(
            "new (?!Malformed|Assertion|Linkage|UncheckedIO)\\w*Exception\\(|\\b(?:notSent|failed|ended|leftOut|timeout)\\("
                    + "|problems\\.(?:add|accept)\\(|moveTo\\(|super\\(|LOG\\.log\\(|log\\.write\\(|\\bproblem\\(|\\bwarn\\(");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** Sources whose messages no user sees: calls that reach no server, and a request that only this library makes. */
    private static final Set<String> UNSEEN = Set.of("DryRun.java", "Rehearsal.java", "Request.java");

    /** In a literal: a parameter or a quotation mark between constant words. */
    private static final Pattern VARIABLE = Pattern.compile("\\{\\d}|\\\\\"");

    @Test
    void everyMessageIsExplained() throws IOException {
        String page = normal(Documentation.read("docs/troubleshooting.md"));
        List<String> unexplained = new ArrayList<>();
        int messages = 0;
        for (String module : List.of("discovery-api", "discovery-core", "discovery-iproto")) {
            for (Path source : sources(module)) {
                for (String words : messages(Files.readString(source))) {
                    messages++;
                    if (!page.contains(words)) {
                        unexplained.add(source.getFileName() + ": \"" + words + "\"");
                    }
                }
            }
        }
        assertThat(messages).isGreaterThan(50);
        assertThat(unexplained)
                .as("messages that docs/troubleshooting.md does not explain; add a line for each, in these words")
                .isEmpty();
    }

    private static List<Path> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(Documentation.file(module + "/src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !UNSEEN.contains(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    /** The constant words of each message. */
    private static List<String> messages(String source) {
        List<String> messages = new ArrayList<>();
        Matcher saying = MESSAGE.matcher(source);
        while (saying.find()) {
            Matcher literal = LITERAL.matcher(source.substring(saying.end(), endOfStatement(source, saying.end())));
            while (literal.find()) {
                for (String part : VARIABLE.split(literal.group(1), -1)) {
                    String words = normal(part);
                    if (words.contains(" ") && words.matches(".*[a-z]{3}.*")) {
                        messages.add(words);
                    }
                }
            }
        }
        return messages;
    }

    private static int endOfStatement(String source, int from) {
        int semicolon = source.indexOf(";\n", from);
        return semicolon < 0 ? source.length() : semicolon;
    }

    /** The words without the spaces and punctuation that only join them to others. */
    private static String normal(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("^[\\s:;,.(\"]+|[\\s:;,(\"]+$", "");
    }
}
