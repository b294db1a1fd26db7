package com.example.discovery.demo;

import java.time.Duration;

/** Where the demo is watched. Thread-safe. */
interface Display extends AutoCloseable {
    /** How often it wants to be painted. */
    Duration period();

    /** A part of the demo begins. */
    void scene(String title);

    /** Something happened; in one line. */
    void event(String text);

    /** The traffic as it is now. */
    void paint(Look look);

    /** Leaves the terminal as it was. */
    @Override
    void close();
}
