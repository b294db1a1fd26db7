package io.github.moonlibs.discovery;

import org.jspecify.annotations.Nullable;

/** A returned value does not fit the type that was asked for. The message says where, what came and what was expected. */
public final class ConversionException extends DiscoveryException {
    private static final long serialVersionUID = 1;

    /**
     * @param message where, what came and what was expected
     * @param cause what a record's constructor threw, or null
     */
    public ConversionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
