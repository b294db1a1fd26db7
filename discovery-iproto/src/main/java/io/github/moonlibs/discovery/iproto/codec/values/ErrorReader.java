package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/** Reads the map of an error and its causes: {@code {0: [outermost, its cause, …]}}. */
public final class ErrorReader {
    static final int STACK = 0;

    private String type = "";
    private String message = "";
    private String file = "";
    private int line;
    private int errno;
    private int code;
    private Map<String, @Nullable Object> fields = Map.of();

    private ErrorReader() {}

    public static TarantoolError read(ValueReader in, int depth) throws IOException {
        List<ErrorReader> stack = List.of();
        int entries = in.readMapHeader();
        for (int i = 0; i < entries; i++) {
            if (in.readInt() == STACK) {
                stack = readStack(in, depth);
            } else {
                in.skip(1);
            }
        }
        TarantoolError error = null;
        for (ErrorReader element : stack.reversed()) {
            error = element.toError(error);
        }
        if (error == null) {
            throw new MalformedException("expected an error, got none");
        }
        return error;
    }

    private static List<ErrorReader> readStack(ValueReader in, int depth) throws IOException {
        int size = in.readArrayHeader();
        // the innermost causes of too many are left out
        int kept = Math.min(size, MismatchException.MAX_DEPTH - depth);
        List<ErrorReader> stack = new ArrayList<>(Math.max(0, kept));
        for (int i = 0; i < kept; i++) {
            ErrorReader element = new ErrorReader();
            element.readElement(in, depth);
            stack.add(element);
        }
        in.skip(size - Math.max(0, kept));
        return stack;
    }

    private void readElement(ValueReader in, int depth) throws IOException {
        int entries = in.readMapHeader();
        for (int i = 0; i < entries; i++) {
            switch (in.readInt()) {
                case 0 -> type = in.readText();
                case 1 -> file = in.readText();
                case 2 -> line = line(in.readUnsigned());
                case 3 -> message = in.readText();
                case 4 -> errno = (int) in.readUnsigned();
                case 5 -> code = (int) in.readUnsigned();
                case 6 -> fields = readFields(in, depth);
                default -> in.skip(1);
            }
        }
    }

    /** A line that is none, 2^32−1 for one in C, counts as unknown. */
    private static int line(long sent) {
        return sent >= 0 && sent < Integer.MAX_VALUE ? (int) sent : 0;
    }

    private static Map<String, @Nullable Object> readFields(ValueReader in, int depth) throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (in.next() != ValueType.MAP) {
            in.skip(1);
            return fields;
        }
        int entries = in.readMapHeader();
        for (int i = 0; i < entries; i++) {
            fields.put(SafeText.key(in.read(depth + 1)), in.read(depth + 1));
        }
        return fields;
    }

    private TarantoolError toError(@Nullable TarantoolError cause) {
        return new TarantoolError(code, type, message, file, line, errno, fields, cause);
    }
}
