package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import org.jspecify.annotations.Nullable;

/** The root of all exceptions of this library, except for {@link IllegalArgumentException} for wrong input. */
public abstract sealed class DiscoveryException extends RuntimeException
        permits CallException, AttemptException, ConversionException {
    private static final long serialVersionUID = 1;

    DiscoveryException(String message, @Nullable Throwable cause) {
        // it may quote a server or a plug-in, which applications log
        super(SafeText.whole(message), cause);
    }
}
