package io.github.moonlibs.discovery.spring;

/** The properties don't say where the instances are. */
final class MissingTopologyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingTopologyException(String problem) {
        super("expected either discovery.topology or discovery.endpoints to say where the Tarantool instances are; "
                + problem);
    }
}
