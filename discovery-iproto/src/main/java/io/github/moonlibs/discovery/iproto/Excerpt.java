package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;

/** Shows the beginning of what came, for messages. */
final class Excerpt {
    private static final int LENGTH = 40;

    private Excerpt() {}

    static String hex(byte[] bytes) {
        if (bytes.length == 0) {
            return "nothing";
        }
        return "0x" + HexFormat.of().formatHex(bytes, 0, Math.min(LENGTH / 2, bytes.length))
                + (bytes.length > LENGTH / 2 ? "… (" + bytes.length + " bytes)" : "");
    }

    /** As text, a dot for what cannot be printed. */
    static String text(byte[] bytes, int length) {
        if (length == 0) {
            return "nothing";
        }
        String printable = new String(bytes, 0, Math.min(LENGTH, length), ISO_8859_1).replaceAll("[^ -~]", ".");
        return "\"" + printable + (length > LENGTH ? "…\"" : "\"");
    }
}
