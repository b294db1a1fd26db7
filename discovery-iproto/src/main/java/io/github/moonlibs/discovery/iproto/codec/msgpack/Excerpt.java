package io.github.moonlibs.discovery.iproto.codec.msgpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;

/** Shows the beginning of what came, for messages. */
public final class Excerpt {
    private static final int LENGTH = 40;

    private Excerpt() {}

    public static String hex(byte[] bytes) {
        return hex(bytes, 0);
    }

    /**
     * The first bytes of what came, in hexadecimal digits.
     *
     * @param from where what came begins
     */
    public static String hex(byte[] bytes, int from) {
        int length = bytes.length - from;
        if (length == 0) {
            return "nothing";
        }
        return "0x" + HexFormat.of().formatHex(bytes, from, from + Math.min(LENGTH / 2, length))
                + (length > LENGTH / 2 ? "… (" + length + " bytes)" : "");
    }

    /** As text, a dot for what cannot be printed. */
    public static String text(byte[] bytes, int length) {
        if (length == 0) {
            return "nothing";
        }
        String printable = new String(bytes, 0, Math.min(LENGTH, length), ISO_8859_1).replaceAll("[^ -~]", ".");
        return "\"" + printable + (length > LENGTH ? "…\"" : "\"");
    }
}
