package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The review of the API names every public type, and no other. */
class ApiReviewTest {
    private static final Pattern DECLARED =
            Pattern.compile("^public [^(]*?(?:class|interface|record|enum) ([\\w.]+)", Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("`(\\.?[A-Z]\\w+)`");

    @Test
    void everyPublicTypeIsReviewed() throws IOException {
        Set<String> declared = DECLARED.matcher(Files.readString(Path.of("src", "api", "discovery-api.txt")))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(declared).hasSizeGreaterThan(50);

        assertThat(reviewed()).isEqualTo(declared);
    }

    /** The names in the first column of the tables; one that begins with a dot belongs to the type before it. */
    private static Set<String> reviewed() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("..", "docs", "api-review.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();
        Set<String> reviewed = new TreeSet<>();
        for (String row : rows) {
            String outer = "";
            for (var name : NAMED.matcher(row.substring(0, row.indexOf(" | ")))
                    .results()
                    .toList()) {
                String type = name.group(1);
                if (!type.startsWith(".")) {
                    outer = type;
                }
                reviewed.add(type.startsWith(".") ? outer + type : type);
            }
        }
        return reviewed;
    }
}
