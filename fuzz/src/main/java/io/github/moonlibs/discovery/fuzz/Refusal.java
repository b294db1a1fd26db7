package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what a documented exception says: something, in a bounded length, and no secret. */
public final class Refusal {
    /** A password that targets plant where an input goes on: no message may contain it. */
    public static final String SECRET = "pl4nted-S3cret";

    private static final int LONGEST = 4_000;

    private Refusal() {}

    /** One of several ways to plant the password: always the same with an input, since all of them would take too long. */
    public static String planted(List<String> ways, byte[] input) {
        return ways.get(Math.floorMod(Arrays.hashCode(input), ways.size()));
    }

    /** Whether the password is in the input itself, where it may be no secret at all: such an input tells nothing. */
    static boolean isGivenAway(byte[] input) {
        return new String(input, ISO_8859_1).contains(SECRET);
    }

    /**
     * Checks the messages of an exception and its causes.
     *
     * @return false: the input was refused
     */
    public static boolean check(Exception refusal) {
        for (Throwable each = refusal; each != null; each = each.getCause()) {
            check(refusal, each.getMessage());
        }
        return false;
    }

    /** Checks what is said of something that was accepted, or in another way than by an exception. */
    public static void check(String said) {
        check(null, said);
    }

    private static void check(@Nullable Exception refusal, @Nullable String message) {
        if (message == null && refusal != null && refusal.getMessage() == null) {
            throw new IllegalStateException("a message is missing", refusal);
        }
        if (message != null && message.length() > LONGEST) {
            throw new IllegalStateException(
                    "expected a message of at most " + LONGEST + " characters, got " + message.length(), refusal);
        }
        if (message != null && message.contains(SECRET)) {
            throw new IllegalStateException("the message contains the password", refusal);
        }
    }
}
