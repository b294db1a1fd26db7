package io.github.moonlibs.discovery.cli;

/** Styles of text on a terminal. */
enum Paint {
    PLAIN(""),
    BOLD("1"),
    FAINT("2"),
    GOOD("32"),
    UNSURE("33"),
    BAD("1;31");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /** The text between escape sequences. */
    String on(String text) {
        return this == PLAIN || text.isBlank() ? text : "\033[" + code + "m" + text + "\033[0m";
    }
}
