package com.example.discovery.demo;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Shows the library's log. */
final class LibraryLog extends Handler {
    /** Referenced here, because an unreferenced logger is collected, with its handlers. */
    private static final Logger LIBRARY = Logger.getLogger("io.github.moonlibs.discovery");

    private final Display display;

    private LibraryLog(Display display) {
        this.display = display;
    }

    static void showOn(Display display) {
        LIBRARY.setUseParentHandlers(false);
        LIBRARY.setLevel(Level.INFO);
        LIBRARY.addHandler(new LibraryLog(display));
    }

    @Override
    public void publish(LogRecord entry) {
        Throwable cause = entry.getThrown();
        display.event(new SimpleFormatter().formatMessage(entry) + (cause == null ? "" : ": " + cause));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
