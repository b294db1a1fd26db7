package io.github.moonlibs.discovery.text;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Shows text that came from outside: names, errors and values of servers, topologies and plug-ins. Whatever could move a
 * cursor, begin a line, turn the direction of writing or hide itself is written out, as in {@code \n} and {@code \u001b}, and
 * what is too long is cut. So no such text can forge a line of a log, or fill one.
 *
 * <p>What is shown here is for people. What is handed to callers as data stays as it came.
 */
public final class SafeText {
    /** How many characters of one text are shown, in {@link #of}. */
    public static final int LONGEST = 500;

    /** How many characters are shown of a name, which may be one of many in a line. */
    public static final int LONGEST_NAME = 200;

    /** How many characters are shown of a sentence, which may have several texts in it. */
    private static final int LONGEST_SENTENCE = 4_000;

    private static final HexFormat HEX = HexFormat.of();

    private SafeText() {}

    /** A text; of a long one, the beginning and how much was cut. Of lists and maps no more is made a text than is shown. */
    public static String of(@Nullable Object value) {
        return cut(Beginning.of(value, LONGEST), LONGEST);
    }

    /** A map's key as a name: a string as it came; anything else as a text. */
    public static String key(@Nullable Object key) {
        return key instanceof String text ? text : of(key);
    }

    /** The name of a method, an instance or a user. */
    public static String name(@Nullable String name) {
        return cut(String.valueOf(name), LONGEST_NAME);
    }

    /** A sentence whose parts were cut already, or come from a plug-in: cut if it is very long. */
    public static String sentence(@Nullable String sentence) {
        return cut(String.valueOf(sentence), LONGEST_SENTENCE);
    }

    /** All of a text, however long. */
    public static String whole(String text) {
        return cut(text, Integer.MAX_VALUE);
    }

    /**
     * A text, at most so many characters of it, which a mark may follow that says how many are missing.
     *
     * @param longest counted as they are shown, where {@code \n} is two
     */
    public static String cut(String text, int longest) {
        if (text.length() <= longest && firstUnsafe(text) < 0) {
            return text;
        }
        StringBuilder shown = new StringBuilder(Math.min(longest, text.length()) + 32);
        int at = 0;
        while (at < text.length()) {
            int before = shown.length();
            int character = text.codePointAt(at);
            append(shown, character, false);
            if (shown.length() > longest) {
                shown.setLength(before);
                return shown.append("… (")
                        .append(text.length() - at)
                        .append(" more characters)")
                        .toString();
            }
            at += Character.charCount(character);
        }
        return shown.toString();
    }

    /**
     * The same JSON, with all of its strings safe to be shown: what is unsafe in them becomes an escape of JSON's, so that a
     * reader of the JSON gets what came.
     *
     * @param json well-formed, without line breaks between its parts
     */
    public static String json(String json) {
        int first = firstUnsafe(json);
        if (first < 0) {
            return json;
        }
        StringBuilder shown = new StringBuilder(json.length() + 64).append(json, 0, first);
        int at = first;
        while (at < json.length()) {
            int character = json.codePointAt(at);
            append(shown, character, true);
            at += Character.charCount(character);
        }
        return shown.toString();
    }

    /** Where the first unsafe character is; −1 if there is none, as is usual. */
    private static int firstUnsafe(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c < ' ' || c > '~') {
                int character = text.codePointAt(at);
                if (isUnsafe(character)) {
                    return at;
                }
                at += Character.charCount(character) - 1;
            }
        }
        return -1;
    }

    private static boolean isUnsafe(int character) {
        if (character >= ' ' && character <= '~') {
            return false;
        }
        return switch (Character.getType(character)) {
            // C0 and C1; overrides of direction and what has no width; an unpaired half of a character
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static void append(StringBuilder shown, int character, boolean asJson) {
        if (!isUnsafe(character)) {
            shown.appendCodePoint(character);
        } else if (character == '\n') {
            shown.append("\\n");
        } else if (character == '\r') {
            shown.append("\\r");
        } else if (character == '\t') {
            shown.append("\\t");
        } else if (Character.isBmpCodePoint(character)) {
            shown.append("\\u").append(HEX.toHexDigits((char) character));
        } else if (asJson) {
            shown.append("\\u").append(HEX.toHexDigits(Character.highSurrogate(character)));
            shown.append("\\u").append(HEX.toHexDigits(Character.lowSurrogate(character)));
        } else {
            shown.append("\\u{").append(Integer.toHexString(character)).append('}');
        }
    }
}
