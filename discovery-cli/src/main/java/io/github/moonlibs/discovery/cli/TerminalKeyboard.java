package io.github.moonlibs.discovery.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the terminal, one by one instead of line by line. Its modes are restored when this is closed, or the
 * program ends. Without {@code stty} there are no keys.
 */
final class TerminalKeyboard implements Keyboard {
    private final BlockingQueue<Key> pressed = new LinkedBlockingQueue<>();
    private final String modes = Stty.run("-g");
    private final Thread atExit = new Thread(this::restore);

    TerminalKeyboard() {
        if (modes.isEmpty()) {
            return;
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        // Ctrl-C is still a signal
        Stty.run("-icanon", "-echo", "min", "1", "time", "0");
        Thread reader = new Thread(this::read, "discovery-keys");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (InputStream in = new FileInputStream(Stty.TERMINAL)) {
            for (Key key = Key.read(in); key != null; key = Key.read(in)) {
                pressed.add(key);
            }
        } catch (IOException gone) {
            // the terminal was closed, which ends the program by a signal
        }
    }

    @Override
    public @Nullable Key await(Duration time) throws InterruptedException {
        return pressed.poll(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void restore() {
        Stty.run(modes);
    }

    @Override
    public void close() {
        if (!modes.isEmpty()) {
            Runtime.getRuntime().removeShutdownHook(atExit);
            restore();
        }
    }
}
