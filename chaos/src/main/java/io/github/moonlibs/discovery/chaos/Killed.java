package io.github.moonlibs.discovery.chaos;

/** SIGKILL or SIGTERM, and a start with what the node had stored. */
record Killed(Member member, Guard guard, boolean gracefully) implements Fault {
    @Override
    public void begin() {
        if (gracefully) {
            member.server().terminate();
        } else {
            member.server().kill();
        }
    }

    @Override
    public void end() throws Exception {
        member.server().restart();
        guard.learnOfNodes();
    }
}
