package io.github.moonlibs.discovery;

import org.jspecify.annotations.Nullable;

/** The root of all exceptions of this library, except for {@link IllegalArgumentException} for wrong input. */
public abstract sealed class DiscoveryException extends RuntimeException
        permits CallException, AttemptException, ConversionException {
    private static final long serialVersionUID = 1;

    DiscoveryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
