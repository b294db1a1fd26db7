package io.github.moonlibs.discovery.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the terminal, one by one instead of line by line. Its modes are restored when this is closed, or the
 * program ends. Without {@code stty} there are no keys.
 */
final class TerminalKeyboard implements Keyboard {
    private static final int TRIES = 3;

    private final BlockingQueue<Key> pressed = new LinkedBlockingQueue<>();
    private final String modes = Stty.run("-g");
    private final ReentrantLock changing = new ReentrantLock();
    private boolean isRestored;
    private final Thread atExit = new Thread(this::restore);

    TerminalKeyboard() {
        if (modes.isEmpty()) {
            return;
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        takeKeysOneByOne();
        Thread reader = new Thread(this::read, "discovery-keys");
        reader.setDaemon(true);
        reader.start();
    }

    private void takeKeysOneByOne() {
        changing.lock();
        try {
            // Ctrl-C is still a signal, and may have come already
            if (!isRestored) {
                Stty.change("-icanon", "-echo", "min", "1", "time", "0");
            }
        } finally {
            changing.unlock();
        }
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
        changing.lock();
        try {
            isRestored = true;
            boolean done = false;
            // another Ctrl-C ends stty, too
            for (int i = 0; i < TRIES && !done; i++) {
                done = Stty.change(modes);
            }
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void close() {
        if (!modes.isEmpty()) {
            Runtime.getRuntime().removeShutdownHook(atExit);
            restore();
        }
    }
}
