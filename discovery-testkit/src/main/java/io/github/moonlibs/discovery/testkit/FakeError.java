package io.github.moonlibs.discovery.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as a Tarantool server replies with it. Immutable and thread-safe.
 *
 * @param code the error's number, for example 33: no such procedure
 * @param message what the server says
 * @param type the error's class, for example {@code ClientError}
 * @param file where in the server it was raised
 * @param line where in the file
 * @param fields further details by name
 * @param cause the error that led to this one, or null
 */
public record FakeError(
        int code,
        String message,
        String type,
        String file,
        int line,
        Map<String, ?> fields,
        @Nullable FakeError cause) {
    /** Copies the fields. */
    public FakeError {
        fields = Map.copyOf(fields);
    }

    /** A {@code ClientError} without details. */
    public static FakeError of(int code, String message) {
        return new FakeError(code, message, "ClientError", "fake.lua", 1, Map.of(), null);
    }

    static FakeError noSuchProcedure(String name) {
        return of(33, "Procedure '" + name + "' is not defined");
    }

    static FakeError accessDenied(String procedure, String user) {
        return new FakeError(
                42,
                "Execute access to function '" + procedure + "' is denied for user '" + user + "'",
                "AccessDeniedError",
                "fake.lua",
                1,
                Map.of("object_type", "function", "object_name", procedure, "access_type", "Execute"),
                null);
    }

    /** The same error of another class. */
    public FakeError withType(String type) {
        return new FakeError(code, message, type, file, line, fields, cause);
    }

    /** The same error with these details. */
    public FakeError withFields(Map<String, ?> fields) {
        return new FakeError(code, message, type, file, line, fields, cause);
    }

    /** The same error with this cause. */
    public FakeError withCause(FakeError cause) {
        return new FakeError(code, message, type, file, line, fields, cause);
    }

    Packet toPacket(long sync) {
        List<Map<Long, Object>> stack = new ArrayList<>();
        for (FakeError error = this; error != null; error = error.cause) {
            stack.add(error.frame());
        }
        Map<Long, Object> body = new LinkedHashMap<>();
        body.put(Packet.MESSAGE, message);
        body.put(Packet.ERROR_STACK, Map.of(0L, stack));
        return new Packet(Packet.ERROR | code, sync, body);
    }

    private Map<Long, Object> frame() {
        Map<Long, Object> frame = new LinkedHashMap<>();
        frame.put(0L, type);
        frame.put(1L, file);
        frame.put(2L, line);
        frame.put(3L, message);
        frame.put(4L, 0);
        frame.put(5L, code);
        if (!fields.isEmpty()) {
            frame.put(6L, fields);
        }
        return frame;
    }
}
