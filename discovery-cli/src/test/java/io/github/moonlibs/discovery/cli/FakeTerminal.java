package io.github.moonlibs.discovery.cli;

/** A terminal, or none, of any size; whoever is asked for a password says {@code entered}. */
record FakeTerminal(boolean isInteractive, Size size) implements Terminal {
    static final FakeTerminal NONE = new FakeTerminal(false, new Size(80, 24));

    @Override
    public String ask(String prompt) {
        return "entered";
    }
}
