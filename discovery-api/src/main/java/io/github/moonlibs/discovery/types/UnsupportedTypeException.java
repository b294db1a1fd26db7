package io.github.moonlibs.discovery.types;

/** A type that no value can be read as, or whose values cannot be sent. The message says which, and what was expected. */
public final class UnsupportedTypeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsupportedTypeException(String message) {
        super(message, null, false, false);
    }
}
