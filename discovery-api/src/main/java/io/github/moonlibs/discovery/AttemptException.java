package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An attempt or a connection failed. Applications get it as the cause of a {@link CallException}, in its list of attempts,
 * and in {@link CallOptions#withRetryOn}.
 */
public sealed class AttemptException extends DiscoveryException permits ServerException {
    private static final long serialVersionUID = 1;

    /** What kind of failure it was. */
    public enum Kind {
        /** No connection, or it closed before the request's first byte was handed to the kernel. */
        NOT_SENT,
        /** The connection was lost before the reply came: the server may have executed the request. */
        LOST,
        /** No reply came within the attempt's time. */
        TIMEOUT,
        /** The server replied with an error: a {@link ServerException}. */
        SERVER_ERROR,
        /**
         * A reply came that cannot be taken: it is larger than {@link ClientOptions#maxReplySize()}, or malformed. The server
         * has executed the request, and the connection goes on. Another node would reply the same, so none is asked,
         * whatever {@link CallOptions#withRetryOn} says.
         */
        UNREADABLE,
        /** The caller's thread was interrupted. */
        INTERRUPTED,
        /** Another attempt of the same hedged call has decided the call. */
        ABANDONED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private final Kind kind;
    private final boolean sent;

    /**
     * @param kind what kind of failure it was
     * @param sent whether a byte of the request may have reached the server
     * @param message says which endpoint it was and what happened
     * @param cause the connection's failure, or null
     */
    public AttemptException(Kind kind, boolean sent, String message, @Nullable Throwable cause) {
        super(SafeText.sentence(message), cause);
        this.kind = kind;
        this.sent = sent;
    }

    /** A failure before anything was sent: there was no connection, or it was closed already. */
    public static AttemptException notSent(String message, @Nullable Throwable cause) {
        return new AttemptException(Kind.NOT_SENT, false, message, cause);
    }

    /** What kind of failure it was. */
    public Kind kind() {
        return kind;
    }

    /** Whether a byte of the request may have reached the server; if not, the server has certainly not executed it. */
    public boolean sent() {
        return sent;
    }

    /** Kind and message in a few words, for the list of attempts. */
    String summary() {
        return kind + (kind == Kind.TIMEOUT ? "" : " [" + getMessage() + "]");
    }
}
