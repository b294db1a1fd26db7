package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A call did not succeed. The message says in one line which method, what was tried on which node for how long, and what
 * came of it.
 */
public abstract sealed class CallException extends DiscoveryException
        permits NoRouteException,
                DeadlineExceededException,
                CallFailedException,
                CallInterruptedException,
                ClientClosedException,
                OverloadedException {
    private static final long serialVersionUID = 1;

    private final String method;
    private final transient List<Attempt> attempts;

    CallException(String method, String what, Duration elapsed, List<Attempt> attempts, @Nullable Throwable cause) {
        super(method + ": " + what + " after " + Attempt.millis(elapsed) + ", " + describe(attempts), cause);
        this.method = method;
        this.attempts = List.copyOf(attempts);
    }

    private static String describe(List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            return "no attempt was made";
        }
        return attempts.size()
                + (attempts.size() == 1 ? " attempt: " : " attempts: ")
                + IntStream.range(0, attempts.size())
                        .mapToObj(i -> "#" + (i + 1) + " " + attempts.get(i))
                        .collect(Collectors.joining("; "));
    }

    static @Nullable AttemptException lastFailure(List<Attempt> attempts) {
        return attempts.isEmpty() ? null : attempts.getLast().failure();
    }

    /** The method that was called. */
    public String method() {
        return method;
    }

    /**
     * The attempts that were made, in the order in which they ended; without hedging, that is in which they began. Empty
     * after deserialization.
     */
    public List<Attempt> attempts() {
        return attempts == null ? List.of() : attempts;
    }

    /** The number that the Lua original gives this failure; 0 where it has none. */
    public int code() {
        return 0;
    }
}
