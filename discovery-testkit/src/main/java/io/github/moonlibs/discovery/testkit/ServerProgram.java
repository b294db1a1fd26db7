package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server program that runs, and what can be done to it from outside. */
sealed interface ServerProgram extends AutoCloseable permits LocalProgram, ContainerProgram {
    Duration PATIENCE = Duration.ofSeconds(30);
    /** Where in its working directory a program keeps what survives a restart. */
    String DATA = "data";

    /**
     * What to run, the same for either way.
     *
     * @param command the program and its arguments; file names are relative to its working directory
     * @param files what lies in the working directory at first, by name
     * @param image where the program lies, for containers
     * @param host the loopback address that clients connect to
     * @param ports the ports that clients connect to
     * @param network the containers' network in which it is known by its alias; null: none of its own
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

    /** Makes the program ready to be started. */
    static ServerProgram of(Via via, Recipe recipe) {
        return via == Via.LOCAL ? new LocalProgram(recipe) : new ContainerProgram(recipe);
    }

    /** The local way where the program is installed, else the containers'. */
    static Via preferred(String program) {
        return LocalProgram.find(program) != null ? Via.LOCAL : Via.CONTAINER;
    }

    /** What a program has to listen on, for clients to find it at the host. */
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

    /** Starts it, with what it had stored when it ran before. */
    void start();

    /** Whether its process exists, frozen or not. */
    boolean isRunning();

    /** Sends a signal by its name without SIG: STOP, CONT, TERM, KILL. */
    void signal(String name);

    /** The last lines of what it wrote. */
    String log();

    /** Forgets what it stored. It must not run. */
    void erase();

    /** Kills it and removes all that it stored. Idempotent. */
    @Override
    void close();

    /** Sends a signal that ends it, and waits until it has gone. */
    default void end(String signal) {
        if (isRunning()) {
            signal(signal);
        }
        Waiting.until(PATIENCE, () -> this + " did not end. " + log(), () -> !isRunning());
    }

    /**
     * Waits until the probe finds it ready.
     *
     * @throws IllegalStateException if it ends, or does not get ready in time; says how its log ends
     */
    default void awaitReady(Probe probe) {
        Exception[] last = new Exception[1];
        Waiting.until(PATIENCE, () -> this + " did not get ready: " + last[0] + ". " + log(), () -> {
            if (!isRunning()) {
                throw new IllegalStateException(this + " ended at its start. " + log());
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
