package io.github.moonlibs.discovery.fuzz;

import java.nio.file.Path;

/** An input that a reader does not stand. */
record Finding(Target target, Path input, String what) {
    private static final int LONGEST = 300;

    @Override
    public String toString() {
        String line = what.lines().findFirst().orElse("");
        return "fuzz: found " + target.name() + ": " + input + ": "
                + (line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line);
    }
}
