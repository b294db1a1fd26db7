package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.text.SafeText;
import org.jspecify.annotations.Nullable;

/**
 * A value that cannot be converted. It collects its place on its way out, so that the way in costs nothing; whoever
 * knows what the value is makes a public exception of it.
 */
public final class MismatchException extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** Deeper values are refused in both directions, before they exhaust a thread's stack. */
    public static final int MAX_DEPTH = 128;

    private static final int LONGEST_PLACE = 120;

    private final StringBuilder place = new StringBuilder();

    public MismatchException(String message) {
        this(message, null);
    }

    public MismatchException(String message, @Nullable Throwable cause) {
        super(SafeText.sentence(message), cause, false, false);
    }

    public static MismatchException tooDeep() {
        return new MismatchException("expected at most " + MAX_DEPTH + " levels of nesting, got more");
    }

    public MismatchException at(int index) {
        place.insert(0, "[" + index + "]");
        return this;
    }

    /** A component of a record, which has a name. */
    public MismatchException at(String name) {
        place.insert(0, "." + SafeText.name(name));
        return this;
    }

    /** An entry of a map, which has a key: {@code ["ann"]}, {@code [42]}. */
    public MismatchException atKey(@Nullable Object key) {
        place.insert(
                0, key instanceof String text ? "[\"" + SafeText.name(text) + "\"]" : "[" + SafeText.of(key) + "]");
        return this;
    }

    public String message(String root) {
        String path = place.length() <= LONGEST_PLACE ? place.toString() : place.substring(0, LONGEST_PLACE) + "…";
        return root + SafeText.whole(path) + ": " + getMessage();
    }
}
