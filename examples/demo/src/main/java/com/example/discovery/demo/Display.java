package com.example.discovery.demo;

import java.time.Duration;

/** Shows the demo. Thread-safe. */
interface Display extends AutoCloseable {
    /** The time between two paints. */
    Duration period();

    /** A part of the demo begins. */
    void scene(String title);

    /** Shows an event, in one line. */
    void event(String text);

    /** Shows the current traffic. */
    void paint(Snapshot snapshot);

    /** Restores the terminal. */
    @Override
    void close();
}
