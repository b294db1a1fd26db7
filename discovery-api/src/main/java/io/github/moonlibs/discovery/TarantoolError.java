package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error with all that a server reported about it. Immutable and thread-safe. Serialized, it keeps everything, except that a
 * field's value that cannot be serialized becomes its text.
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
        @Nullable TarantoolError cause)
        implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int CAUSES_SHOWN = 5;

    /** Copies the fields. */
    public TarantoolError {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    private Object writeReplace() {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        fields.forEach((name, value) -> copy.put(name, serializable(value)));
        return copy.equals(fields) ? this : new TarantoolError(code, type, message, file, line, errno, copy, cause);
    }

    private static @Nullable Object serializable(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case List<?> elements -> {
                List<@Nullable Object> copy = new ArrayList<>();
                elements.forEach(element -> copy.add(serializable(element)));
                yield copy;
            }
            case Map<?, ?> entries -> {
                Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
                entries.forEach((key, entry) -> copy.put(serializable(key), serializable(entry)));
                yield copy;
            }
            case Serializable already -> already;
            default -> value.toString();
        };
    }

    /**
     * Number, type (of a custom error, its name as well) and message in one line, followed by the first causes. Long texts are cut, and control characters written
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
            text.append(error.type.isEmpty() ? "" : " (" + SafeText.name(error.type) + error.ownName() + ")")
                    .append(" \"")
                    .append(SafeText.of(error.message));
            text.append('"').append(error.file.isEmpty() ? "" : " at " + SafeText.name(error.file) + ":" + error.line);
        }
        return text.toString();
    }

    /** The name of a custom error, by which servers list what proves that a call was not executed. */
    private String ownName() {
        return fields.get("custom_type") instanceof String name && !name.isEmpty() ? " " + SafeText.name(name) : "";
    }
}
