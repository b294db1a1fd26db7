package io.github.moonlibs.discovery;

/** The server replied with an error. */
public final class ServerException extends AttemptException {
    private static final long serialVersionUID = 1;

    private final TarantoolError error;

    /**
     * @param node the endpoint, for the message
     * @param error the server's error
     */
    public ServerException(String node, TarantoolError error) {
        super(Kind.SERVER_ERROR, true, node + ": " + error, null);
        this.error = error;
    }

    /** The server's error. */
    public TarantoolError error() {
        return error;
    }

    @Override
    String summary() {
        return error.toString();
    }
}
