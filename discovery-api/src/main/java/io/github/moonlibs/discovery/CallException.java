package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A call did not succeed. The message has everything in one line: the method, and each attempt with its node, start,
 * duration and outcome.
 */
public abstract sealed class CallException extends DiscoveryException
        permits NoRouteException,
                DeadlineExceededException,
                CallFailedException,
                CallInterruptedException,
                ClientClosedException,
                OverloadedException,
                TransactionEndedException,
                CommitUnknownException {
    private static final long serialVersionUID = 1;

    private final String method;
    private final transient List<Attempt> attempts;

    CallException(String method, String what, Duration elapsed, List<Attempt> attempts, @Nullable Throwable cause) {
        super(
                SafeText.name(method) + ": " + what + " after " + Attempt.millis(elapsed) + ", " + describe(attempts),
                cause);
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
     * The attempts that were made, in the order in which they ended; without hedging, they began in the same order. Empty
     * after deserialization.
     */
    public List<Attempt> attempts() {
        return attempts == null ? List.of() : attempts;
    }

    /**
     * The error that a server replied with, if that is why the call failed in the end: what the last attempt to end met.
     * Null if it met anything else, or there was none. {@link #attempts()} has the errors of all attempts.
     *
     * <pre>{@code
     * catch (CallException e) {
     *     if (e.serverError() instanceof TarantoolError error && error.code() == 42) { … } // access denied
     * }
     * }</pre>
     */
    public @Nullable TarantoolError serverError() {
        return getCause() instanceof ServerException refused ? refused.error() : null;
    }

    /** The number that the Lua original gives this failure; 0 where it has none. */
    public int code() {
        return 0;
    }
}
