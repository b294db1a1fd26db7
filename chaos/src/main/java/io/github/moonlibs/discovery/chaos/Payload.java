package io.github.moonlibs.discovery.chaos;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** What calls carry, and how both sides name it. */
final class Payload {
    private Payload() {}

    /** A string of that many letters, whose beginning is unlike any other's. */
    static String random(RandomGenerator random, int length) {
        StringBuilder text = new StringBuilder(length + 16).append(Long.toHexString(random.nextLong()));
        while (text.length() < length) {
            text.append((char) random.nextInt('a', 'z' + 1));
        }
        return text.toString();
    }

    /** As {@code digest.md5_hex} of the nodes. */
    static String hash(String payload) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            return HexFormat.of().formatHex(digest.digest(payload.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new AssertionError(everyJdkHasIt);
        }
    }
}
