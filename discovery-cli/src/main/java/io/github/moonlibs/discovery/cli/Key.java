package io.github.moonlibs.discovery.cli;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What a key means on a live screen. */
enum Key {
    QUIT,
    UP,
    DOWN,
    PAGE_UP,
    PAGE_DOWN,
    TOP,
    BOTTOM,
    OTHER;

    private static final int ESCAPE = 27;

    /** Reads one key; null at the end of the input. */
    static @Nullable Key read(InputStream in) throws IOException {
        int character = in.read();
        return switch (character) {
            case -1 -> null;
            case 'q', 'Q' -> QUIT;
            case 'k' -> UP;
            case 'j' -> DOWN;
            case 'b' -> PAGE_UP;
            case ' ' -> PAGE_DOWN;
            case 'g' -> TOP;
            case 'G' -> BOTTOM;
            case ESCAPE -> sequence(in);
            default -> OTHER;
        };
    }

    /** Terminals send {@code ESC [ A} or {@code ESC O A} for an arrow, and {@code ESC [ 5 ~} for a page. */
    private static Key sequence(InputStream in) throws IOException {
        if (in.available() == 0) {
            // the key Esc itself
            return OTHER;
        }
        int kind = in.read();
        if (kind != '[' && kind != 'O') {
            return OTHER;
        }
        int character = in.read();
        Key key = switch (character) {
            case 'A' -> UP;
            case 'B' -> DOWN;
            case '5' -> PAGE_UP;
            case '6' -> PAGE_DOWN;
            case 'H', '1' -> TOP;
            case 'F', '4' -> BOTTOM;
            default -> OTHER;
        };
        // the rest of a sequence with digits ends with a letter or a tilde
        while (Character.isDigit(character) || character == ';') {
            character = in.read();
        }
        return key;
    }
}
