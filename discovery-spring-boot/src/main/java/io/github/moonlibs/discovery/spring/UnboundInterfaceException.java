package io.github.moonlibs.discovery.spring;

/** An interface with {@link DiscoveryInterface} can't be bound to a client. */
final class UnboundInterfaceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnboundInterfaceException(String problem, RuntimeException cause) {
        super(problem, cause);
    }
}
