package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what was meant by a mistyped name: the names that few changed letters lead to. */
final class Nearest {
    private static final int MOST = 3;

    /** One letter in so many may be wrong. */
    private static final int LETTERS_PER_MISTAKE = 4;

    private Nearest() {}

    /** A question such as {@code did you mean users.get?}; empty if no name is near. */
    static String question(String meant, Collection<String> names) {
        List<String> nearest = to(meant, names).stream().map(SafeText::name).toList();
        return nearest.isEmpty() ? "" : "did you mean " + String.join(" or ", nearest) + "?";
    }

    /** The nearest names, the nearest first. */
    static List<String> to(String meant, Collection<String> names) {
        String wanted = meant.toLowerCase(Locale.ROOT);
        int allowed = Math.max(1, wanted.length() / LETTERS_PER_MISTAKE);
        return names.stream()
                .filter(name -> Math.abs(name.length() - wanted.length()) <= allowed)
                .map(name -> new Candidate(name, distance(wanted, name.toLowerCase(Locale.ROOT))))
                .filter(candidate -> candidate.distance <= allowed)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(MOST)
                .map(Candidate::name)
                .toList();
    }

    private record Candidate(String name, int distance) {}

    /** Levenshtein's distance, with two neighbours that changed places as one mistake. */
    private static int distance(String one, String other) {
        int[] beforeLast = {};
        int[] last = new int[other.length() + 1];
        Arrays.setAll(last, column -> column);
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[last.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = last[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[other.length()];
    }
}
