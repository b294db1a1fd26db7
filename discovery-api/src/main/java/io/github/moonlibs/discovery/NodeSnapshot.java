package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One node at one moment. Immutable and thread-safe.
 *
 * @param instance the member of the topology
 * @param state where it is in its life
 * @param reason why it is in this state, in words
 * @param inState for how long it has been in it
 * @param announcement what it announced last; null before the first announcement and after the connection was lost
 * @param server what it said of itself when it was connected to, for example {@code Tarantool 2.6.0}; null if not
 *     connected
 * @param localAddress this side's address of the connection; null if not connected
 * @param inFlight how many attempts are under way on it
 * @param latency how long it takes to answer, as {@link
 *     io.github.moonlibs.discovery.spi.WeightStrategy.Candidate#latencyNanos} says; null if that is not known
 * @param lateReplies how many replies came after their attempt had ended, over all connections
 * @param connects how many connections were established to it
 * @param ejection that it is out of service because of how its calls ended; null if it is not
 */
public record NodeSnapshot(
        Instance instance,
        State state,
        String reason,
        Duration inState,
        @Nullable Announcement announcement,
        @Nullable String server,
        @Nullable String localAddress,
        int inFlight,
        @Nullable Duration latency,
        long lateReplies,
        long connects,
        @Nullable Ejection ejection) {

    /**
     * That a node's calls ended too badly to give it more ({@link OutlierPolicy}). A method that too few others serve
     * calls it all the same.
     *
     * @param isProbing whether its time is over and a few calls try it
     * @param reason what its calls came to
     * @param remaining until it is tried; zero while it is
     * @param inARow how many times it was ejected without having been in service for long in between; from 1
     */
    public record Ejection(boolean isProbing, String reason, Duration remaining, int inARow) {
        @Override
        public String toString() {
            return (isProbing ? "probed" : "ejected for another " + Attempt.millis(remaining)) + ": " + reason;
        }
    }

    /** Where a node is in its life. */
    public enum State {
        /** It is connected to for the first time, or is connected, or again, and its announcement is awaited. */
        CONNECTING,
        /** Its announcement counts: calls go to it. */
        SERVING,
        /** Connected, but its last discovery failed: no call goes to it. */
        SILENT,
        /** Not connected; it is connected to again and again, unless the options say never. */
        DOWN,
        /** Removed from the topology, or the server is shutting down: calls in flight may end, no new one begins. */
        DRAINING,
        /** At the end of its life. */
        CLOSED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
