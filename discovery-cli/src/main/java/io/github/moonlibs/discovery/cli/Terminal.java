package io.github.moonlibs.discovery.cli;

/** The terminal, if there is one. */
interface Terminal {
    /** Whether input and output are a terminal. */
    boolean isInteractive();

    /** Its current size. */
    Size size();

    /** Asks for a secret without showing it; empty if nothing was entered. Only if it is interactive. */
    String ask(String prompt);

    /** Reads keys until the keyboard is closed. Only for a terminal that is interactive. */
    Keyboard keyboard();

    /** Columns and rows. */
    record Size(int columns, int rows) {}
}
