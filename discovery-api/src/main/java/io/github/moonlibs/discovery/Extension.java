package io.github.moonlibs.discovery;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A msgpack extension that this library has no type for, kept as it came. Immutable and thread-safe as long as the memory
 * behind the buffer is not written to.
 *
 * @param type −128 to 127
 * @param data read-only; the bytes are not copied
 */
public record Extension(byte type, ByteBuffer data) {
    private static final int BYTES_SHOWN = 64;

    /** Makes the data read-only. */
    public Extension {
        data = data.asReadOnlyBuffer();
    }

    /** The bytes, as a buffer with a position of its own. */
    @Override
    public ByteBuffer data() {
        return data.duplicate();
    }

    /** The type and the first bytes. */
    @Override
    public String toString() {
        byte[] bytes = new byte[Math.min(BYTES_SHOWN, data.remaining())];
        data().get(bytes);
        String more = bytes.length < data.remaining() ? "… of " + data.remaining() + " bytes" : "";
        return "ext(" + type + ", " + HexFormat.of().formatHex(bytes) + more + ")";
    }
}
