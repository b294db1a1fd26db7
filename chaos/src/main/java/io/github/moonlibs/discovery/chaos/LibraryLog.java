package io.github.moonlibs.discovery.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Writes what the library logs into a file, on a thread of its own: a slow disk is not to make a call late. */
final class LibraryLog extends Handler {
    private static final Logger ROOT = Logger.getLogger("");

    private final BlockingQueue<LogRecord> queue = new LinkedBlockingQueue<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    private LibraryLog() {}

    /** Takes the place of the handlers that there are. */
    static void writeTo(Path file) throws IOException {
        LibraryLog log = new LibraryLog();
        BufferedWriter writer = Files.newBufferedWriter(file);
        Thread.ofPlatform().daemon().name("chaos-log").start(() -> log.write(writer));
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ROOT.setLevel(Level.INFO);
        ROOT.addHandler(log);
    }

    private void write(BufferedWriter writer) {
        try (writer) {
            while (true) {
                writer.write(formatter.format(queue.take()));
                if (queue.isEmpty()) {
                    writer.flush();
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("chaos: the library's log ends here: " + e);
        }
    }

    @Override
    public void publish(LogRecord entry) {
        queue.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
