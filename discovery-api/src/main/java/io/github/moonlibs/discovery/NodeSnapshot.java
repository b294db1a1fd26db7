package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.math.BigDecimal;
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
 * @param server the server's product and version, for example {@code Tarantool 2.6.0}; null if not
 *     connected
 * @param localAddress this side's address of the connection; null if not connected
 * @param inFlight how many attempts are under way on it
 * @param latency how long it takes to answer, as {@link
 *     io.github.moonlibs.discovery.spi.WeightStrategy.Candidate#latencyNanos} says; null if that is not known
 * @param lateReplies how many replies came after their attempt had ended, over all connections
 * @param connects how many connections were established to it
 * @param ejection its ejection because of how its calls ended; null if it is in service
 * @param twin the node that is called in this one's place, because both addresses lead to the same instance; null if this one
 *     is called itself
 * @param staleMaster that it calls itself a master though there is a newer one; null if that is not so
 * @param protocol what the server said of its protocol; null if not connected, or if it doesn't say (before Tarantool 2.10)
 * @param delivery how its announcements come; null if not connected
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
        @Nullable Ejection ejection,
        @Nullable Instance twin,
        @Nullable StaleMaster staleMaster,
        @Nullable ServerProtocol protocol,
        @Nullable Delivery delivery) {

    /**
     * A node that has no twin and is no stale master. Neither its server's protocol is known, nor how its announcements
     * come.
     */
    public NodeSnapshot(
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
        this(
                instance,
                state,
                reason,
                inState,
                announcement,
                server,
                localAddress,
                inFlight,
                latency,
                lateReplies,
                connects,
                ejection,
                null,
                null,
                null,
                null);
    }

    /**
     * A node is out of service because of how its calls ended ({@link OutlierPolicy}). Methods that too few other nodes
     * serve call it all the same.
     *
     * @param isProbing whether its time is over and a few calls probe it
     * @param reason how its calls ended
     * @param remaining the time until it is probed; zero while it is
     * @param inARow the number of this ejection, from 1, since the node was in service for long
     */
    public record Ejection(boolean isProbing, String reason, Duration remaining, int inARow) {
        @Override
        public String toString() {
            return (isProbing ? "probed" : "ejected for another " + Attempt.millis(remaining)) + ": "
                    + SafeText.sentence(reason);
        }
    }

    /** The member, its state, since when and why, and what keeps calls from it, in one line. */
    @Override
    public String toString() {
        return instance + " " + state + " for " + Attempt.millis(inState) + ": " + SafeText.sentence(reason)
                + (ejection == null ? "" : "; " + ejection)
                + (twin == null ? "" : "; the same instance as " + twin + ", which is called")
                + (staleMaster == null ? "" : "; " + staleMaster);
    }

    /**
     * A node calls itself a master with a lower term than another one did. The methods that only masters serve are not
     * routed to it.
     *
     * @param term its own
     * @param newest the master with the highest term, which may be down or have stepped down meanwhile
     * @param newestTerm the highest term
     */
    public record StaleMaster(BigDecimal term, Instance newest, BigDecimal newestTerm) {
        @Override
        public String toString() {
            return "a stale master: its term is " + text(term) + ", and " + newest + " was the master in term "
                    + text(newestTerm);
        }

        private static String text(BigDecimal term) {
            // a power of ten would be shown as such, and a malicious one must not fill the memory
            return Math.abs(term.scale()) < 40 ? term.toPlainString() : term.toString();
        }
    }

    /** How the announcements of a node come. */
    public enum Delivery {
        /** The client asks for them, every discovery interval. */
        ASKED,
        /**
         * The server pushes each change, and is asked every heartbeat interval only. Once it has pushed, it counts as a
         * server that pushes until a question shows otherwise. Where the client has rules, a server that reports its status
         * counts as one, too.
         */
        PUSHED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a node is in its life. */
    public enum State {
        /** The client connects to it for the first time, or is connected and waits for its announcement. */
        CONNECTING,
        /** Connected, and its announcement is in force: calls go to it. */
        SERVING,
        /** Connected, but its last discovery failed: no call goes to it. */
        SILENT,
        /** Not connected; the client tries again and again, unless the options say never. */
        DOWN,
        /** Removed from the topology, or the server is shutting down: calls in flight may end, but none begins. */
        DRAINING,
        /** Removed and disconnected; nothing follows. */
        CLOSED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
