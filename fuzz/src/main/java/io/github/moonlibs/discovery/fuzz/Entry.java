package io.github.moonlibs.discovery.fuzz;

/** What Jazzer calls. Its JVM is for one target. */
public final class Entry {
    private static Bounds bounds = new Bounds(Targets.ALL.getFirst());

    private Entry() {}

    /**
     * Chooses the target.
     *
     * @param args its name
     */
    public static void fuzzerInitialize(String... args) {
        bounds = new Bounds(Targets.named(args[0]));
    }

    /** Reads one input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        bounds.read(input);
    }
}
