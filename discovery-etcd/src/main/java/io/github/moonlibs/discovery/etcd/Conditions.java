package io.github.moonlibs.discovery.etcd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a configuration that apply to some versions of Tarantool: {@code conditional: [{if: tarantool_version >=
 * 3.1.0 && tarantool_version < 4.0.0, …}]}. Each whose condition holds overrides what stands before it.
 */
final class Conditions {
    /** Where no version is given: newer than every Tarantool 3. */
    static final String NEWEST = "3.999.999";

    private static final String EXPECTED = "expected a condition such as tarantool_version >= 3.1.0";
    private static final int LONGEST = 1_000;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(tarantool_version\\b)|(" + VERSION + "(?![\\w.]))|(>=|<=|==|!=|>|<|&&|\\|\\||[()]))");

    private final List<String> tokens = new ArrayList<>();
    private final String version;
    private int next;

    private Conditions(String version) {
        this.version = version;
    }

    static boolean isVersion(String text) {
        return VERSION.matcher(text).matches();
    }

    /**
     * The document with its conditional sections applied, and without them.
     *
     * @throws MalformedException if a section or its condition is malformed
     */
    @SuppressWarnings("unchecked") // YamlDocument makes maps of this type alone
    static Map<String, @Nullable Object> apply(String place, Map<String, @Nullable Object> document, String version)
            throws MalformedException {
        Object conditional = document.get("conditional");
        if (conditional == null) {
            return document;
        }
        // of a map the loader looks at what is numbered from 1 on, which is nothing
        Object listed = conditional instanceof Map ? List.of() : conditional;
        if (!(listed instanceof List<?> sections)) {
            throw new MalformedException(place + ": conditional: expected a list of sections");
        }
        Merged applied = new Merged();
        applied.addMissing(document);
        applied.remove("conditional");
        for (int i = 0; i < sections.size(); i++) {
            if (!(sections.get(i) instanceof Map<?, ?> section) || !(section.get("if") instanceof String condition)) {
                throw new MalformedException(place + ": conditional[" + (i + 1) + "].if: " + EXPECTED);
            }
            try {
                if (new Conditions(version).holds(condition)) {
                    applied.override((Map<String, @Nullable Object>) section);
                }
            } catch (IllegalArgumentException e) {
                throw new MalformedException(place + ": conditional[" + (i + 1) + "].if: " + e.getMessage());
            }
        }
        return applied;
    }

    /** @throws IllegalArgumentException if it is no condition */
    static boolean holds(String condition, String version) {
        return new Conditions(version).holds(condition);
    }

    private boolean holds(String condition) {
        if (condition.length() > LONGEST) {
            throw new Unusable(EXPECTED + ", got " + condition.length() + " characters");
        }
        Matcher token = TOKEN.matcher(condition);
        int end = 0;
        while (token.find() && token.start() == end) {
            tokens.add(token.group().strip());
            end = token.end();
        }
        if (!condition.substring(end).isBlank()) {
            throw unexpected(condition.substring(end).strip());
        }
        boolean holds = either();
        if (next < tokens.size()) {
            throw unexpected(tokens.get(next));
        }
        return holds;
    }

    private boolean either() {
        boolean holds = both();
        while (skip("||")) {
            holds |= both();
        }
        return holds;
    }

    private boolean both() {
        boolean holds = comparison();
        while (skip("&&")) {
            holds &= comparison();
        }
        return holds;
    }

    private boolean comparison() {
        if (skip("(")) {
            boolean holds = either();
            if (!skip(")")) {
                throw unexpected(peek());
            }
            return holds;
        }
        int[] left = operand();
        String operator = peek();
        next++;
        int order = switch (operator) {
            case ">=", "<=", "==", "!=", ">", "<" -> Arrays.compare(left, operand());
            default -> throw unexpected(operator);
        };
        return switch (operator) {
            case ">=" -> order >= 0;
            case "<=" -> order <= 0;
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case ">" -> order > 0;
            default -> order < 0;
        };
    }

    private int[] operand() {
        String token = peek();
        Matcher literal = VERSION.matcher(token.equals("tarantool_version") ? version : token);
        if (!literal.matches()) {
            throw unexpected(token);
        }
        next++;
        return new int[] {number(literal, 1), number(literal, 2), number(literal, 3)};
    }

    private static int number(Matcher literal, int group) {
        return Integer.parseInt(literal.group(group));
    }

    private boolean skip(String token) {
        boolean is = next < tokens.size() && tokens.get(next).equals(token);
        next += is ? 1 : 0;
        return is;
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next) : "";
    }

    private static Unusable unexpected(String token) {
        return new Unusable(
                EXPECTED + ", got " + (token.isEmpty() ? "its end" : "\"" + Causes.shortened(token) + "\""));
    }
}
