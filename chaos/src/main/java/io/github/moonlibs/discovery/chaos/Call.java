package io.github.moonlibs.discovery.chaos;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call as its caller saw it. Times are nanoseconds from the start of the run.
 *
 * @param number unlike any other's of the run
 * @param profile how it was made
 * @param procedure what was called
 * @param onlyNode the only node that serves it; null: all do
 * @param hash of its arguments
 * @param isVirtual whether its thread was a virtual one
 * @param start just before the call
 * @param end just after it; of one that has not ended, when that was found
 * @param outcome what the caller got
 */
record Call(
        long number,
        Profile profile,
        Procedure procedure,
        @Nullable String onlyNode,
        String hash,
        boolean isVirtual,
        long start,
        long end,
        Outcome outcome) {

    /** What a caller got. */
    sealed interface Outcome {}

    /**
     * An answer, which says of itself where it comes from.
     *
     * @param number of the call that the node answered
     * @param hash of the arguments as the node received them
     * @param node that answered
     * @param token unlike any other execution's of the node
     * @param echoHash of the arguments as the node sent them back
     */
    record Answer(long number, String hash, String node, String token, String echoHash) implements Outcome {}

    /** A result that is none of the above, because its reading failed, or because of what it holds. */
    record Garbage(String what) implements Outcome {}

    /**
     * An exception that the library promises.
     *
     * @param type its class, without the package
     * @param message in one line
     * @param attempts in the order in which they ended
     */
    record Failure(String type, String message, List<Tried> attempts) implements Outcome {}

    /** Anything else that was thrown. */
    record Unexpected(String what) implements Outcome {}

    /** It had not ended long after its deadline. */
    record Unended() implements Outcome {}

    /**
     * One attempt of a failed call.
     *
     * @param node where it went
     * @param start from the start of the run
     * @param nanos how long it took
     * @param kind how it ended
     */
    record Tried(String node, long start, long nanos, String kind) {
        @Override
        public String toString() {
            return node + " " + kind + " after " + Times.inMillis(nanos);
        }
    }

    boolean isRetriable() {
        return procedure.isRetriable();
    }

    long nanos() {
        return end - start;
    }

    /** How long after its deadline it ended; negative: before it. */
    long overrun() {
        return nanos() - profile.deadline();
    }

    String method() {
        return onlyNode == null ? procedure.id() : procedure.id() + onlyNode;
    }

    /** All of it in one line. */
    String history() {
        String what = switch (outcome) {
            case Answer answer -> "answered by " + answer.node + " as execution " + answer.token;
            case Garbage garbage -> "answered with what cannot be read: " + garbage.what;
            case Failure failure -> failure.type + ": " + failure.message;
            case Unexpected unexpected -> "threw " + unexpected.what;
            case Unended unended -> "not ended";
        };
        return "call " + number + " of " + method() + " (" + profile + ", timeout " + Times.inMillis(profile.timeout())
                + ", deadline " + Times.inMillis(profile.deadline()) + ", "
                + (isVirtual ? "virtual" : "platform") + " thread) at " + Times.seconds(start) + ", " + what + ", "
                + Times.inMillis(nanos());
    }

    /** The attempts of a failed call in one line. */
    static String line(List<Tried> attempts) {
        return attempts.stream().map(Tried::toString).collect(Collectors.joining("; "));
    }
}
