package io.github.moonlibs.discovery.iproto.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.iproto.codec.msgpack.Excerpt;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The first 128 bytes from a server. */
public final class Greeting {
    /** In bytes. */
    public static final int SIZE = 128;

    private static final int LINE = 64;
    private static final int SALT_SIZE = 20;
    private static final byte[] START = "Tarantool ".getBytes(ISO_8859_1);
    private static final String PROTOCOL = " (Binary)";

    /** What a server greets with before it has an identity of its own. */
    private static final UUID NIL = new UUID(0, 0);

    private final String server;
    private final @Nullable UUID instance;
    private final byte[] salt;

    private Greeting(String server, @Nullable UUID instance, byte[] salt) {
        this.server = SafeText.name(server);
        this.instance = instance;
        this.salt = salt;
    }

    /** Name and version. */
    public String server() {
        return server;
    }

    /** The instance's UUID; null if it has none, or does not say. */
    @Nullable
    public UUID instance() {
        return instance;
    }

    /**
     * Gives up at the first byte that no Tarantool would send, because other servers may never send 128.
     *
     * @param bytes of which so many have come
     * @param ended whether no more will
     */
    public static void check(byte[] bytes, int have, boolean ended) throws IOException {
        int start = Math.min(have, START.length);
        if (ended || !Arrays.equals(bytes, 0, start, START, 0, start)) {
            throw unexpected(bytes, have, ended ? ", then the end" : "");
        }
    }

    /**
     * Reads a greeting.
     *
     * @param bytes all of it, {@link #SIZE} bytes
     */
    public static Greeting parse(byte[] bytes) throws IOException {
        String first = new String(bytes, 0, LINE, ISO_8859_1);
        String salt = new String(bytes, LINE, LINE, ISO_8859_1).strip();
        int end = first.indexOf(PROTOCOL);
        if (end < 0) {
            throw unexpected(bytes, SIZE, "");
        }
        try {
            return new Greeting(
                    first.substring(0, end),
                    instance(first.substring(end + PROTOCOL.length()).strip()),
                    Base64.getDecoder().decode(salt));
        } catch (IllegalArgumentException e) {
            throw unexpected(bytes, SIZE, ", and in its second line no salt in base64");
        }
    }

    private static @Nullable UUID instance(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.equals(NIL) ? null : uuid;
        } catch (IllegalArgumentException none) {
            // it serves to recognise a server, and a server can be talked to without
            return null;
        }
    }

    private static MalformedException unexpected(byte[] bytes, int length, String more) {
        return new MalformedException(
                "expected a Tarantool greeting (binary protocol), got " + Excerpt.text(bytes, length) + more);
    }

    /** chap-sha1: {@code sha1(password) xor sha1(salt, sha1(sha1(password)))}, of the salt the first 20 bytes. */
    public byte[] scramble(String password) {
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
