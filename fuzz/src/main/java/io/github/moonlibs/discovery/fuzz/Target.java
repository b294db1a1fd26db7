package io.github.moonlibs.discovery.fuzz;

import java.util.List;

/**
 * A reader of something that comes from outside. Targets live in the packages of their readers, which no module opens for
 * them. They keep nothing between two inputs.
 */
public interface Target {
    /** Bytes that any input may make a reader allocate: its buffers, and messages of bounded length. */
    int CONSTANT = 1 << 20;

    /** What any reader may allocate for each byte of its input beyond that. */
    int BYTES_A_BYTE = 200;

    /** As much for lists of endpoints: they are read twice, and one of a single character costs what any other does. */
    int BYTES_A_BYTE_OF_ENDPOINTS = 4 * BYTES_A_BYTE;

    /** As {@code ./dev fuzz} and the folder of the corpus name it. */
    String name();

    /**
     * Lets the reader read the input.
     *
     * @return whether it was accepted; false if it was refused by an exception that is documented
     * @throws Exception any other exception, which is a finding
     */
    boolean read(byte[] input) throws Exception;

    /** How an input grows into large ones of its kind, for which the reader's time must stay linear. */
    default List<Growth> growths() {
        return Growth.OF_TEXT;
    }

    /** What the reader may allocate for any input, beside what is proportional to its length. */
    default long constant() {
        return CONSTANT;
    }

    /** What the reader may allocate for each byte of its input beyond that. */
    default int bytesAByte() {
        return BYTES_A_BYTE;
    }
}
