package io.github.moonlibs.discovery.chaos;

/** What the nodes serve. All take the call's number, a string, and how long to take in seconds. */
enum Procedure {
    GET("chaos.get", true),
    PUT("chaos.put", false),
    /** Followed by the name of the one node that serves it. */
    SLOW("chaos.slow.", true),
    LARGE("chaos.large", true),
    CAUSES("chaos.causes", true),
    NESTED("chaos.nested", true);

    private final String id;
    private final boolean isRetriable;

    Procedure(String id, boolean isRetriable) {
        this.id = id;
        this.isRetriable = isRetriable;
    }

    String id() {
        return id;
    }

    boolean isRetriable() {
        return isRetriable;
    }
}
