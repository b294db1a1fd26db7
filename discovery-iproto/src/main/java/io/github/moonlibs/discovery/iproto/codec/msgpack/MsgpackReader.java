package io.github.moonlibs.discovery.iproto.codec.msgpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.msgpack.core.MessageFormat;
import org.msgpack.value.ValueType;

/**
 * Reads msgpack where it lies. msgpack-java says what the formats are; its unpacker is left out, because it reads through
 * buffers that it makes by reflection where it may not use Unsafe, and a reply of three numbers needs four of them: it
 * took a fifth of a busy client's time. No length or count is believed beyond the bytes at hand. Not thread-safe.
 */
public class MsgpackReader {
    private static final VarHandle SHORTS = view(short[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle LONGS = view(long[].class);

    private final byte[] bytes;
    private final int from;
    private final int to;
    private int at;

    public MsgpackReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.at = from;
    }

    private static VarHandle view(Class<?> arrayOf) {
        return MethodHandles.byteArrayViewVarHandle(arrayOf, ByteOrder.BIG_ENDIAN);
    }

    /** How many bytes are left. */
    public final int remaining() {
        return to - at;
    }

    /** How many bytes have been read. */
    public final int position() {
        return at - from;
    }

    /** What comes next. */
    public final ValueType next() throws IOException {
        return format().getValueType();
    }

    private MessageFormat format() throws IOException {
        if (at == to) {
            throw new MalformedException("expected a value, got the end of the bytes");
        }
        MessageFormat format = MessageFormat.valueOf(bytes[at]);
        if (format == MessageFormat.NEVER_USED) {
            throw new MalformedException("expected a value, got the byte 0xc1, which msgpack never uses");
        }
        return format;
    }

    private MalformedException unexpected(String wanted) throws IOException {
        return new MalformedException("expected " + wanted + ", got " + format());
    }

    /** Moves past so many bytes, and returns where they begin. */
    private int advance(long count) throws IOException {
        if (count > remaining()) {
            throw new MalformedException("expected " + count + " bytes, got " + remaining());
        }
        int start = at;
        at += (int) count;
        return start;
    }

    private int u8() throws IOException {
        return bytes[advance(1)] & 0xff;
    }

    private int u16() throws IOException {
        return (short) SHORTS.get(bytes, advance(2)) & 0xffff;
    }

    private int s32() throws IOException {
        return (int) INTS.get(bytes, advance(4));
    }

    private long u32() throws IOException {
        return s32() & 0xffff_ffffL;
    }

    private long s64() throws IOException {
        return (long) LONGS.get(bytes, advance(8));
    }

    public final boolean tryNil() throws IOException {
        boolean nil = format() == MessageFormat.NIL;
        if (nil) {
            at++;
        }
        return nil;
    }

    public final boolean readBoolean() throws IOException {
        if (next() != ValueType.BOOLEAN) {
            throw unexpected("a boolean");
        }
        return u8() == 0xc3;
    }

    /** Whether the next value is an integer above {@link Long#MAX_VALUE}. */
    public final boolean isBeyondLong() throws IOException {
        return format() == MessageFormat.UINT64 && remaining() > 8 && bytes[at + 1] < 0;
    }

    /** An integer; one above {@link Long#MAX_VALUE} comes out negative. */
    public final long readUnsigned() throws IOException {
        MessageFormat format = format();
        if (format.getValueType() != ValueType.INTEGER) {
            throw unexpected("an integer");
        }
        int head = bytes[at++];
        return switch (format) {
            case UINT8 -> u8();
            case UINT16 -> u16();
            case UINT32 -> u32();
            case INT8 -> (byte) u8();
            case INT16 -> (short) u16();
            case INT32 -> s32();
            case UINT64, INT64 -> s64();
            default -> head;
        };
    }

    public final long readLong() throws IOException {
        if (isBeyondLong()) {
            throw unexpected("an integer below 2^63");
        }
        return readUnsigned();
    }

    public final int readInt() throws IOException {
        long number = readLong();
        if (number != (int) number) {
            throw new MalformedException("expected an integer of 32 bits, got " + number);
        }
        return (int) number;
    }

    public final double readDouble() throws IOException {
        MessageFormat format = format();
        if (format.getValueType() != ValueType.FLOAT) {
            throw unexpected("a float");
        }
        at++;
        return format == MessageFormat.FLOAT32 ? Float.intBitsToFloat(s32()) : Double.longBitsToDouble(s64());
    }

    public final int readArrayHeader() throws IOException {
        MessageFormat format = format();
        if (format.getValueType() != ValueType.ARRAY) {
            throw unexpected("an array");
        }
        int head = bytes[at++];
        return checkedSize(sizeOfContainer(format, head), 1);
    }

    public final int readMapHeader() throws IOException {
        MessageFormat format = format();
        if (format.getValueType() != ValueType.MAP) {
            throw unexpected("a map");
        }
        int head = bytes[at++];
        return checkedSize(sizeOfContainer(format, head), 2);
    }

    private long sizeOfContainer(MessageFormat format, int head) throws IOException {
        return switch (format) {
            case ARRAY16, MAP16 -> u16();
            case ARRAY32, MAP32 -> u32();
            default -> head & 0x0f;
        };
    }

    /** Every element takes a byte at the least, so that a size alone can never make anyone allocate. */
    private int checkedSize(long size, int bytesEach) throws IOException {
        if (size * bytesEach > remaining()) {
            throw new MalformedException("expected " + size + " elements, got " + remaining() + " bytes");
        }
        return (int) size;
    }

    /** The length of a string, of binary, or of an extension's data without its type. */
    private long payloadLength() throws IOException {
        MessageFormat format = format();
        int head = bytes[at++];
        return switch (format) {
            case FIXSTR -> head & 0x1f;
            case STR8, BIN8, EXT8 -> u8();
            case STR16, BIN16, EXT16 -> u16();
            case STR32, BIN32, EXT32 -> u32();
            case FIXEXT1 -> 1;
            case FIXEXT2 -> 2;
            case FIXEXT4 -> 4;
            case FIXEXT8 -> 8;
            case FIXEXT16 -> 16;
            default -> throw new AssertionError(format);
        };
    }

    /** A string's bytes. */
    public final byte[] readStringBytes() throws IOException {
        if (next() != ValueType.STRING) {
            throw unexpected("a string");
        }
        return readBytes(payloadLength());
    }

    public final byte[] readBinary() throws IOException {
        if (next() != ValueType.BINARY) {
            throw unexpected("binary");
        }
        return readBytes(payloadLength());
    }

    /** What takes an extension apart, where it lies: extensions within each other are not copied again and again. */
    public interface ExtensionDecoder {
        Object decode(byte type, byte[] bytes, int from, int to) throws IOException;
    }

    public final Object readExtension(ExtensionDecoder decoder) throws IOException {
        if (next() != ValueType.EXTENSION) {
            throw unexpected("an extension");
        }
        long length = payloadLength();
        byte type = (byte) u8();
        int start = advance(length);
        return decoder.decode(type, bytes, start, at);
    }

    /** So many bytes as they are. */
    public final byte[] readBytes(long count) throws IOException {
        int start = advance(count);
        return Arrays.copyOfRange(bytes, start, at);
    }

    /** A string, whatever bytes are no UTF-8 replaced; for texts that people read. */
    public final String readText() throws IOException {
        if (next() != ValueType.STRING) {
            throw unexpected("a string");
        }
        long length = payloadLength();
        return new String(bytes, advance(length), (int) length, UTF_8);
    }

    /** Passes over so many values, with all that is in them. */
    public final void skip(int values) throws IOException {
        for (long left = values; left > 0; left--) {
            MessageFormat format = format();
            switch (format.getValueType()) {
                case NIL, BOOLEAN -> at++;
                case INTEGER -> readUnsigned();
                case FLOAT -> readDouble();
                case STRING, BINARY -> advance(payloadLength());
                case EXTENSION -> advance(1 + payloadLength());
                case ARRAY -> left += readArrayHeader();
                case MAP -> left += 2L * readMapHeader();
            }
        }
    }
}
