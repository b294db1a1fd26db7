package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** The first 128 bytes from a server. */
final class Greeting {
    private static final int SIZE = 128;
    private static final int LINE = 64;
    private static final int SALT_SIZE = 20;
    private static final byte[] START = "Tarantool ".getBytes(ISO_8859_1);
    private static final String PROTOCOL = " (Binary)";

    private final String server;
    private final byte[] salt;

    private Greeting(String server, byte[] salt) {
        this.server = server;
        this.salt = salt;
    }

    /** Name and version. */
    String server() {
        return server;
    }

    /** Gives up at the first byte that no Tarantool would send, because other servers may never send 128. */
    static Greeting read(Wire wire) throws IOException {
        byte[] bytes = new byte[SIZE];
        int have = 0;
        while (have < SIZE) {
            int count = wire.read(ByteBuffer.wrap(bytes, have, SIZE - have));
            int start = Math.min(have + Math.max(0, count), START.length);
            if (count < 0 || !Arrays.equals(bytes, 0, start, START, 0, start)) {
                throw unexpected(bytes, have + Math.max(0, count), count < 0 ? ", then the end" : "");
            }
            have += count;
        }
        return parse(bytes);
    }

    private static Greeting parse(byte[] bytes) throws IOException {
        String first = new String(bytes, 0, LINE, ISO_8859_1);
        String salt = new String(bytes, LINE, LINE, ISO_8859_1).strip();
        int end = first.indexOf(PROTOCOL);
        if (end < 0) {
            throw unexpected(bytes, SIZE, "");
        }
        try {
            return new Greeting(first.substring(0, end), Base64.getDecoder().decode(salt));
        } catch (IllegalArgumentException e) {
            throw unexpected(bytes, SIZE, ", and in its second line no salt in base64");
        }
    }

    private static MalformedException unexpected(byte[] bytes, int length, String more) {
        return new MalformedException(
                "expected a Tarantool greeting (binary protocol), got " + Excerpt.text(bytes, length) + more);
    }

    /** chap-sha1: {@code sha1(password) xor sha1(salt, sha1(sha1(password)))}, of the salt the first 20 bytes. */
    byte[] scramble(String password) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] once = sha1.digest(password.getBytes(UTF_8));
            byte[] twice = sha1.digest(once);
            sha1.update(salt, 0, Math.min(SALT_SIZE, salt.length));
            byte[] salted = sha1.digest(twice);
            for (int i = 0; i < once.length; i++) {
                once[i] ^= salted[i];
            }
            return once;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
