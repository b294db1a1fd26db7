package io.github.moonlibs.discovery;

import org.jspecify.annotations.Nullable;

/** Texts of values whose size a server decides, short enough for a line of a log. */
final class BoundedText {
    private static final int MAX = 200;

    private BoundedText() {}

    /** The value's text; of a long one, its beginning and its length. */
    static String of(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= MAX ? text : text.substring(0, MAX) + "… (" + text.length() + " characters)";
    }
}
