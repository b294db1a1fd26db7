package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import org.jspecify.annotations.Nullable;

/** A returned value does not fit the requested type. The message says which value, what it was and what was expected. */
public final class ConversionException extends DiscoveryException {
    private static final long serialVersionUID = 1;

    /**
     * @param message which value it was, what came and what was expected
     * @param cause the exception of a record's constructor, or null
     */
    public ConversionException(String message, @Nullable Throwable cause) {
        super(SafeText.sentence(message), cause);
    }
}
