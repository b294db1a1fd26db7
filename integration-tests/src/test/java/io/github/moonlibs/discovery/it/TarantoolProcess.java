package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.testkit.Loopback;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Tarantool that is a test's own from the first line on: a member of a replicaset, or one with a configuration.
 * {@link TarantoolServer} can't be, because it calls {@code box.cfg} ahead of the test's script.
 */
final class TarantoolProcess implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private static final long PATIENCE_SECONDS = 60;

    private final Path directory;
    private final int port;
    private final List<String> command;
    private @Nullable Process process;

    /**
     * @param directory where it keeps its data, and runs; is made
     * @param port the one that its script listens on, of 127.0.0.1
     * @param arguments of the program
     */
    TarantoolProcess(Path directory, int port, List<String> arguments) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.port = port;
        command =
                new ArrayList<>(List.of(TarantoolServer.program().orElseThrow().toString()));
        command.addAll(arguments);
    }

    /** So many ports of its address that are free. */
    static List<Integer> freePorts(int count) {
        return Loopback.freePorts(HOST, count);
    }

    int port() {
        return port;
    }

    String endpoint() {
        return HOST + ":" + port;
    }

    /** Starts it, with the data that it has; does not wait until it answers. */
    TarantoolProcess start() throws IOException {
        Process started = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        process = started;
        // one that was given no script reads its input to the end before it serves
        started.getOutputStream().close();
        return this;
    }

    /** Sends SIGKILL; returns when it has ended. */
    void kill() {
        end("KILL");
    }

    /** Sends SIGTERM; returns when it has ended. */
    void terminate() {
        end("TERM");
    }

    private void end(String name) {
        signal(name);
        awaitEnd(Objects.requireNonNull(process));
    }

    private void awaitEnd(Process ending) {
        try {
            if (!ending.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(this + " did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(this + ": interrupted", e);
        }
    }

    /** Sends a signal by its name without SIG, for example STOP. */
    void signal(String name) {
        long pid = Objects.requireNonNull(process, "was not started").pid();
        try {
            // uses the shell's kill, because Java can only send TERM and KILL
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException(this + ": kill -" + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(this + ": interrupted", e);
        }
    }

    /** Kills it if it runs, suspended or not. */
    @Override
    public void close() {
        if (process != null) {
            awaitEnd(process.destroyForcibly());
        }
    }

    @Override
    public String toString() {
        return "tarantool on " + endpoint() + " in " + directory;
    }
}
