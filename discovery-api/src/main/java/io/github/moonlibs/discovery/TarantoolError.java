package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error with all that a server reported about it. Immutable and thread-safe.
 *
 * @param code Tarantool's number (32: a Lua error, 33: no such procedure, 42: access denied, …) or a custom one
 * @param type Tarantool's class of error, for example {@code ClientError}; empty if unknown
 * @param message what went wrong
 * @param file where it was raised, on the server; empty if unknown
 * @param line where it was raised, on the server; 0 if unknown
 * @param errno the system's error number; 0 if there is none
 * @param fields what the server attached to the error; values may be null
 * @param cause the error that led to this one, or null
 */
public record TarantoolError(
        int code,
        String type,
        String message,
        String file,
        int line,
        int errno,
        Map<String, @Nullable Object> fields,
        @Nullable TarantoolError cause) {
    private static final int CAUSES_SHOWN = 5;

    /** Copies the fields. */
    public TarantoolError {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * Number, type and message in one line, followed by the first causes. Long texts are cut, and control characters written
     * out.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (TarantoolError error = this; error != null; error = error.cause) {
            if (shown++ == CAUSES_SHOWN) {
                return text.append(", because of more").toString();
            }
            text.append(text.isEmpty() ? "" : ", because of ").append("error ").append(error.code);
            text.append(error.type.isEmpty() ? "" : " (" + SafeText.name(error.type) + ")")
                    .append(" \"")
                    .append(SafeText.of(error.message));
            text.append('"').append(error.file.isEmpty() ? "" : " at " + SafeText.name(error.file) + ":" + error.line);
        }
        return text.toString();
    }
}
