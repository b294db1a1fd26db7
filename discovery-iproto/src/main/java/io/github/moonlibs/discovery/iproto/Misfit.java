package io.github.moonlibs.discovery.iproto;

import org.jspecify.annotations.Nullable;

/**
 * A value that cannot be converted. It collects its place on its way out, so that the way in costs nothing; whoever
 * knows what the value is makes a public exception of it.
 */
final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_PLACE = 120;

    private final StringBuilder place = new StringBuilder();

    Misfit(String message) {
        this(message, null);
    }

    Misfit(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }

    static Misfit tooDeep() {
        return new Misfit("expected at most " + Iproto.MAX_DEPTH + " levels of nesting, got more");
    }

    Misfit at(int index) {
        place.insert(0, "[" + index + "]");
        return this;
    }

    Misfit at(String name) {
        place.insert(0, "." + name);
        return this;
    }

    String message(String root) {
        String path = place.length() <= LONGEST_PLACE ? place.toString() : place.substring(0, LONGEST_PLACE) + "…";
        return root + path + ": " + getMessage();
    }
}
