package io.github.moonlibs.discovery.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Tarantool's login: the password is proven by {@code sha1(p) xor sha1(salt ‖ sha1(sha1(p)))}. */
final class ChapSha1 {
    static final String NAME = "chap-sha1";
    /** How many bytes of the greeting's salt are used. */
    private static final int SALT_LENGTH = 20;

    private ChapSha1() {}

    static byte[] scramble(String password, byte[] salt) {
        byte[] once = sha1(password.getBytes(StandardCharsets.UTF_8));
        byte[] proof = sha1(Arrays.copyOf(salt, SALT_LENGTH), sha1(once));
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= once[i];
        }
        return proof;
    }

    /** Whether the scramble proves the password; clients send it as a string or as bytes. */
    static boolean proves(Object scramble, String password, byte[] salt) {
        byte[] given = switch (scramble) {
            case byte[] bytes -> bytes;
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            default -> new byte[0];
        };
        return MessageDigest.isEqual(given, scramble(password, salt));
    }

    private static byte[] sha1(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
