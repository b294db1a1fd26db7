package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server program, and what can be done to it from outside. */
sealed interface ServerProgram extends AutoCloseable permits LocalProgram, ContainerProgram {
    Duration PATIENCE = Waiting.BOUND;
    /** The directory, below the working directory, for data that survives a restart. */
    String DATA = "data";

    /**
     * What to run, either way.
     *
     * @param command the program and its arguments; file names are relative to its working directory
     * @param files the initial files of the working directory, by name
     * @param image the image that has the program, for containers
     * @param host the loopback address that clients connect to
     * @param ports the ports that clients connect to
     * @param network the network of containers in which it has its alias; null: no network of its own
     * @param alias its name among its peers, and in error messages
     */
    record Recipe(
            List<String> command,
            Map<String, String> files,
            String image,
            String host,
            List<Integer> ports,
            @Nullable ContainerNetwork network,
            String alias) {
        @Override
        public String toString() {
            return alias + " (" + command.getFirst() + " on " + host + ":" + ports.getFirst() + ")";
        }
    }

    /** Throws unless the server is ready. */
    interface Probe {
        void run() throws Exception;
    }

    /** Prepares the program, and does not start it yet. */
    static ServerProgram of(Via via, Recipe recipe) {
        return via == Via.LOCAL ? new LocalProgram(recipe) : new ContainerProgram(recipe);
    }

    /** Locally if the program is installed, otherwise in containers. */
    static Via preferred(String program) {
        return LocalProgram.find(program) != null ? Via.LOCAL : Via.CONTAINER;
    }

    /** The address that a program has to listen on, so that clients reach it at the host. */
    static String bindAddress(Via via, String host) {
        return via == Via.LOCAL ? host : "0.0.0.0";
    }

    /** Whether the program can be run that way on this machine. */
    static boolean isAvailable(Via via, String program, String image) {
        if (via == Via.LOCAL) {
            return LocalProgram.find(program) != null;
        }
        try {
            return ContainerProgram.canRun(image);
        } catch (NoClassDefFoundError withoutTestcontainers) {
            return false;
        }
    }

    /** Starts it with the data that it stored before. */
    void start();

    /** Whether its process exists, frozen or not. */
    boolean isRunning();

    /** Sends a signal by its name without SIG: STOP, CONT, TERM, KILL. */
    void signal(String name);

    /** The last lines of its output. */
    String log();

    /** Erases its data. It must not be running. */
    void erase();

    /** Kills it and removes everything that it stored. Idempotent. */
    @Override
    void close();

    /** Sends a signal that ends it, and waits until the process has ended. */
    default void end(String signal) {
        if (isRunning()) {
            signal(signal);
        }
        Waiting.until(PATIENCE, () -> this + " did not end. " + log(), () -> !isRunning());
    }

    /**
     * Waits until the probe succeeds.
     *
     * @throws IllegalStateException if it ends, or is not ready in time; the message has the end of its log
     */
    default void awaitReady(Probe probe) {
        Exception[] last = new Exception[1];
        Waiting.until(PATIENCE, () -> this + " is not ready: " + last[0] + ". " + log(), () -> {
            if (!isRunning()) {
                throw new IllegalStateException(this + " ended during its start. " + log());
            }
            try {
                probe.run();
                return true;
            } catch (Exception notYet) {
                last[0] = notYet;
                return false;
            }
        });
    }
}
