package io.github.moonlibs.discovery.chaos;

/** Something that is done to a node and undone again. */
interface Fault {
    /** Does it. */
    void begin() throws Exception;

    /** Undoes it, or waits until it has passed. */
    void end() throws Exception;
}
