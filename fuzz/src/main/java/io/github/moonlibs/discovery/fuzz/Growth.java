package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** A way to make an input longer. The same input and size always come to the same bytes. */
@FunctionalInterface
public interface Growth {
    /**
     * Makes the input longer.
     *
     * @param size about how many bytes there should be; they may be more or fewer
     */
    byte[] grow(byte[] input, int size);

    /** A part of the text is repeated: as it is, with its numbers counted up, and a single character of it. */
    List<Growth> OF_TEXT = List.of(
            (input, size) -> Part.of(input, Integer.MAX_VALUE).repeated(size, false),
            (input, size) -> Part.of(input, Integer.MAX_VALUE).repeated(size, true),
            (input, size) -> Part.of(input, 1).repeated(size, false));

    /** One msgpack value becomes many of them, or the content of one that is long. */
    List<Growth> OF_MSGPACK = List.of(
            (input, size) -> container(0xdd, input, size, false),
            (input, size) -> container(0xdf, input, size, true),
            (input, size) -> content(new byte[] {(byte) 0xdb}, input, size),
            (input, size) -> content(new byte[] {(byte) 0xc6}, input, size),
            (input, size) -> extension(input, size),
            (input, size) -> Part.of(input, Integer.MAX_VALUE).repeated(size, false));

    /** An array or a map of as many values as have room. */
    private static byte[] container(int head, byte[] value, int size, boolean keyed) {
        int count = Math.max(1, size / (value.length + (keyed ? 5 : 0) + 1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(head);
        out.writeBytes(ByteBuffer.allocate(4).putInt(count).array());
        for (int i = 0; i < count; i++) {
            if (keyed) {
                out.write(0xce);
                out.writeBytes(ByteBuffer.allocate(4).putInt(i).array());
            }
            out.writeBytes(value);
        }
        return out.toByteArray();
    }

    private static byte[] extension(byte[] input, int size) {
        // of a type that Tarantool has, for seven of eight
        byte type = input.length == 0 ? 1 : (byte) (input[0] & 7);
        byte[] grown = content(new byte[] {(byte) 0xc9}, input, size);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(grown, 0, 5);
        out.write(type);
        out.write(grown, 5, grown.length - 5);
        return out.toByteArray();
    }

    private static byte[] content(byte[] head, byte[] input, int size) {
        byte[] content = new byte[size];
        for (int i = 0; i < size && input.length > 0; i++) {
            content[i] = input[i % input.length];
        }
        return ByteBuffer.allocate(head.length + 4 + size)
                .put(head)
                .putInt(size)
                .put(content)
                .array();
    }

    /** A part of an input that the input itself determines. */
    final class Part {
        private static final Pattern NUMBER = Pattern.compile("\\d+");

        private final byte[] input;
        private final int from;
        private final int to;

        Part(byte[] input, int from, int to) {
            this.input = input;
            this.from = from;
            this.to = to;
        }

        static Part of(byte[] input, int longest) {
            if (input.length == 0) {
                return new Part(input, 0, 0);
            }
            Random random = new Random(Arrays.hashCode(input));
            int from = lineStart(input, random.nextInt(input.length), random.nextBoolean());
            int length = 1 + random.nextInt(Math.min(longest, input.length - from));
            int to = longest > 1 && random.nextBoolean() ? lineEnd(input, from + length) : from + length;
            return new Part(input, from, to);
        }

        /** Whole lines repeat better than others. */
        private static int lineStart(byte[] input, int at, boolean wanted) {
            int start = at;
            while (wanted && start > 0 && input[start - 1] != '\n') {
                start--;
            }
            return start;
        }

        private static int lineEnd(byte[] input, int at) {
            int end = at;
            while (end < input.length && input[end - 1] != '\n') {
                end++;
            }
            return end;
        }

        byte[] repeated(int size, boolean counted) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(input, 0, from);
            String part = new String(input, from, to - from, ISO_8859_1);
            for (int i = 0; out.size() < size && from < to; i++) {
                String each = counted ? NUMBER.matcher(part).replaceAll(String.valueOf(i)) : part;
                out.writeBytes(each.getBytes(ISO_8859_1));
            }
            out.write(input, to, input.length - to);
            return out.toByteArray();
        }
    }
}
