package io.github.moonlibs.discovery.benchmarks;

import java.util.Locale;

/** How long to measure. */
public enum Form {
    /** Checks only that everything works; the figures mean nothing. */
    SMOKE(
            "--callers 1,64,8/work=0.5ms,8/large=1MB,8/delay=0.2ms --rounds 1 --warm-up 0.2 --seconds 0.5",
            0,
            1,
            50,
            1_000,
            20,
            10_000,
            4),
    /** Takes some seven minutes. What the compiler has not come to within a few seconds is in its figures. */
    SHORT(
            "--callers 1,64,512,10000,200,20/work=0.5ms,64/large=1MB,1/delay=0.2ms,64/delay=0.2ms"
                    + " --rounds 1 --warm-up 4 --seconds 1",
            2,
            3,
            300,
            100_000,
            1_000,
            100_000,
            60),
    /** Measures everything. */
    FULL(
            // cartridge-driver takes more than ten seconds to reach its full speed
            "--callers 1,64,512,10000,200,20/work=0.5ms,20/work=2ms,100/work=0.2ms,64/large=1MB,64/large=16MB,"
                    + "1/delay=0.2ms,64/delay=0.2ms,1/delay=1ms,64/delay=1ms"
                    + " --rounds 5 --warm-up 3 --settle 30 --seconds 3 --retries 2",
            5,
            5,
            1_000,
            100_000,
            1_000,
            500_000,
            240);

    private final String sideBySide;
    private final int jmhWarmUps;
    private final int jmhIterations;
    private final int jmhMillis;
    private final int callsInFlight;
    private final int idleNodes;
    private final int polls;
    private final int simulatedSeconds;

    Form(
            String sideBySide,
            int jmhWarmUps,
            int jmhIterations,
            int jmhMillis,
            int callsInFlight,
            int idleNodes,
            int polls,
            int simulatedSeconds) {
        this.sideBySide = sideBySide;
        this.jmhWarmUps = jmhWarmUps;
        this.jmhIterations = jmhIterations;
        this.jmhMillis = jmhMillis;
        this.callsInFlight = callsInFlight;
        this.idleNodes = idleNodes;
        this.polls = polls;
        this.simulatedSeconds = simulatedSeconds;
    }

    String[] sideBySide() {
        return sideBySide.split(" ", -1);
    }

    int jmhWarmUps() {
        return jmhWarmUps;
    }

    int jmhIterations() {
        return jmhIterations;
    }

    int jmhMillis() {
        return jmhMillis;
    }

    int callsInFlight() {
        return callsInFlight;
    }

    int idleNodes() {
        return idleNodes;
    }

    int polls() {
        return polls;
    }

    int simulatedSeconds() {
        return simulatedSeconds;
    }

    /** The name on the command line. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
