package io.github.moonlibs.discovery.chaos;

/** SIGSTOP, then SIGCONT. */
record Frozen(Member member) implements Fault {
    @Override
    public void begin() {
        member.server().freeze();
    }

    @Override
    public void end() {
        member.server().thaw();
    }
}
