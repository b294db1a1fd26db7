package io.github.moonlibs.discovery;

import org.jspecify.annotations.Nullable;

/** The root of everything that this library throws, {@link IllegalArgumentException} for wrong input aside. */
public abstract sealed class DiscoveryException extends RuntimeException
        permits CallException, AttemptException, ConversionException {
    private static final long serialVersionUID = 1;

    DiscoveryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
