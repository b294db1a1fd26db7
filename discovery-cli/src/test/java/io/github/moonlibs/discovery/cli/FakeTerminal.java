package io.github.moonlibs.discovery.cli;

/** A terminal of any size, or none. Every password that it asks for is {@code entered}. */
record FakeTerminal(boolean isInteractive, Size size) implements Terminal {
    static final FakeTerminal NONE = new FakeTerminal(false, new Size(80, 24));

    @Override
    public String ask(String prompt) {
        return "entered";
    }
}
