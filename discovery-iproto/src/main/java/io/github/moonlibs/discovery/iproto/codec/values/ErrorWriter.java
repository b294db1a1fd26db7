package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.TarantoolError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePacker;

/** Writes Tarantool's error objects, with their causes; {@link ErrorReader} reads them. */
final class ErrorWriter {
    private ErrorWriter() {}

    /** Writes what is in an error. */
    interface Values {
        void write(@Nullable Object value, int depth) throws IOException;
    }

    static void write(MessagePacker out, TarantoolError error, Values values, int depth) throws IOException {
        // the innermost causes of too many are left out, as in what is read
        int most = Math.max(1, MismatchException.MAX_DEPTH - depth);
        List<TarantoolError> stack = new ArrayList<>();
        for (TarantoolError next = error; next != null && stack.size() < most; next = next.cause()) {
            stack.add(next);
        }
        out.packMapHeader(1).packInt(ErrorReader.STACK).packArrayHeader(stack.size());
        for (TarantoolError element : stack) {
            writeElement(out, element, values, depth + 1);
        }
    }

    private static void writeElement(MessagePacker out, TarantoolError error, Values values, int depth)
            throws IOException {
        out.packMapHeader(error.fields().isEmpty() ? 6 : 7);
        out.packInt(0);
        values.write(error.type(), depth);
        out.packInt(1);
        values.write(error.file(), depth);
        out.packInt(2).packLong(Integer.toUnsignedLong(error.line()));
        out.packInt(3);
        values.write(error.message(), depth);
        out.packInt(4).packLong(Integer.toUnsignedLong(error.errno()));
        out.packInt(5).packLong(Integer.toUnsignedLong(error.code()));
        if (!error.fields().isEmpty()) {
            out.packInt(6);
            values.write(error.fields(), depth);
        }
    }
}
