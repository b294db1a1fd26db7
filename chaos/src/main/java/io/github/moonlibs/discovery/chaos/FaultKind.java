package io.github.moonlibs.discovery.chaos;

/** What can happen to a node. */
enum FaultKind {
    /** SIGKILL; started again afterwards. */
    KILL("kill -9", false),
    /** SIGTERM; started again afterwards. */
    TERMINATE("SIGTERM", false),
    /** SIGKILL, and started again at once. */
    RESTART("restart", false),
    /** SIGSTOP, then SIGCONT. */
    FREEZE("SIGSTOP", false),
    /** More slow calls of another client than the server has under way at a time: it stops reading. */
    SATURATE("saturated from outside", false),
    /** As many slow calls through the client that is tested. */
    SLOW_CALLS("slow calls of the client itself", false),
    /** No packet arrives, either way. */
    CUT("link cut both ways", true),
    /** No packet of the client arrives at the node. */
    CUT_TO("link to the node cut", true),
    /** No packet of the node arrives at the client. */
    CUT_FROM("link from the node cut", true),
    /** A share of the packets is lost, either way. */
    LOSE("packets lost", true),
    /** A call whose reply is larger than the client reads. The node is sound. */
    POISON_LARGE("a reply that is too large", false),
    /** A call that fails with an error of 200 causes. The node is sound. */
    POISON_CAUSES("an error with 200 causes", false),
    /** A call whose reply is nested 1,000 levels deep. The node is sound. */
    POISON_NESTED("a reply nested 1,000 levels deep", false);

    private final String words;
    private final boolean needsFirewall;

    FaultKind(String words, boolean needsFirewall) {
        this.words = words;
        this.needsFirewall = needsFirewall;
    }

    /** Whether it is made by iptables. */
    boolean needsFirewall() {
        return needsFirewall;
    }

    /** Whether it is a single call, which leaves its node sound. */
    boolean isPoison() {
        return this == POISON_LARGE || this == POISON_CAUSES || this == POISON_NESTED;
    }

    @Override
    public String toString() {
        return words;
    }
}
