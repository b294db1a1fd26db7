package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real Tarantool instance, run from a program on this machine or from an image. Each has an address, a port and a
 * data directory of its own; all of it is removed when the server is closed, or the JVM ends.
 *
 * <pre>{@code
 * try (TarantoolServer server = TarantoolServer.builder()
 *         .script("testkit.define('users.get', function(id) return 'user ' .. id end)")
 *         .start()) {
 *     server.announce("users.get", 100, true);
 *     ...
 *     server.kill();
 *     server.restart();
 * }
 * }</pre>
 *
 * <p>The instance has a procedure {@code api.discovery} that announces what the test wants, and sets {@code is_master}
 * if the instance is writable. In its Lua there is {@code testkit.define(name, function)}, {@code
 * testkit.announce(name, weight, retriable)} and {@code testkit.withdraw(name)}; a script may replace all of it. The
 * guest may execute everything. Thread-safe.
 *
 * <p>The program is the one that the environment variable {@code DISCOVERY_TARANTOOL} names, or else the first on PATH. The
 * image is the system property {@value #IMAGE_PROPERTY}; by default Tarantool's own of version 2.11.
 */
public final class TarantoolServer implements AutoCloseable {
    /** Names the image to run in containers. */
    public static final String IMAGE_PROPERTY = "discovery.testkit.tarantool.image";

    private static final String DEFAULT_IMAGE = "tarantool/tarantool:2.11";
    private static final String PROGRAM = "tarantool";
    private static final String CONTROL = "testkit";
    private static final Duration CONTROL_TIMEOUT = Waiting.BOUND;
    /** A server that does not answer a probe within this time is probed again. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    private final ServerProgram program;
    private final String host;
    private final int port;

    private TarantoolServer(ServerProgram program, String host, int port) {
        this.program = program;
        this.host = host;
        this.port = port;
    }

    /** Starts a writable instance without methods, in the default way of {@link Builder#via}. */
    public static TarantoolServer start() {
        return builder().start();
    }

    /** Sets up an instance. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether this machine has the program, or a container engine that has the image or can pull it. */
    public static boolean isAvailable(Via via) {
        return ServerProgram.isAvailable(via, PROGRAM, image());
    }

    /** The program that local instances run; empty if there is none. */
    public static Optional<Path> program() {
        return Optional.ofNullable(LocalProgram.find(PROGRAM));
    }

    private static String image() {
        return System.getProperty(IMAGE_PROPERTY, DEFAULT_IMAGE);
    }

    /** The options of an instance. Not thread-safe. */
    public static final class Builder {
        private Via via = ServerProgram.preferred(PROGRAM);
        private String host = Loopback.nextAddress();
        private String script = "";
        private boolean readOnly;

        private Builder() {}

        /** How it is run. Default: locally if the program is installed, otherwise in a container. */
        public Builder via(Via via) {
            this.via = via;
            return this;
        }

        /** The loopback address to listen on, for example {@code 127.0.0.11}. Default: one of its own. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** Lua that runs at every start, before the instance listens; several are run one after another. */
        public Builder script(String lua) {
            this.script = script + lua + "\n";
            return this;
        }

        /** Makes it read-only at every start. */
        public Builder readOnly() {
            this.readOnly = true;
            return this;
        }

        /**
         * Starts it and waits until it answers.
         *
         * @throws IllegalStateException if the program or the engine is missing, or the instance does not become ready;
         *     the message says what to install, or has the end of the log
         */
        public TarantoolServer start() {
            int port = Loopback.freePorts(host, 1).getFirst();
            String listen = ServerProgram.bindAddress(via, host) + ":" + port;
            ServerProgram program = ServerProgram.of(
                    via,
                    new ServerProgram.Recipe(
                            List.of(PROGRAM, "tarantool.lua", listen, readOnly ? "ro" : "rw"),
                            Map.of("tarantool.lua", resource("tarantool.lua"), "script.lua", script),
                            image(),
                            host,
                            List.of(port),
                            null,
                            PROGRAM));
            TarantoolServer server = new TarantoolServer(program, host, port);
            try {
                return server.restart();
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
        }

        private static String resource(String name) {
            try (InputStream in = TarantoolServer.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException("the test kit lacks its file " + name);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The address for clients, {@code host:port}. */
    public String endpoint() {
        return host + ":" + port;
    }

    /** The address that it listens on. */
    public String host() {
        return host;
    }

    /** The port that it listens on, the same after every restart. */
    public int port() {
        return port;
    }

    // ---- what it does

    /**
     * Evaluates Lua with all rights, and returns the values.
     *
     * @throws IllegalStateException if it raises an error, or there is no answer within a minute
     */
    public List<@Nullable Object> eval(String lua, @Nullable Object... arguments) {
        try (IprotoClient client = control(CONTROL_TIMEOUT)) {
            return client.eval(lua, arguments);
        } catch (IOException e) {
            throw new IllegalStateException(this + ": eval of [" + lua + "]: " + e.getMessage() + ". " + log(), e);
        }
    }

    private IprotoClient control(Duration timeout) throws IOException {
        IprotoClient client = new IprotoClient(host, port, timeout);
        try {
            client.logIn(CONTROL, CONTROL);
            return client;
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** Announces a method; it returns its arguments unless it is defined. Lasts until the next restart. */
    public TarantoolServer announce(String method, Number weight, boolean retriable) {
        eval("testkit.announce(...)", method, weight, retriable);
        return this;
    }

    /** Stops announcing a method. Lasts until the next restart. */
    public TarantoolServer withdraw(String method) {
        eval("testkit.withdraw(...)", method);
        return this;
    }

    /** Defines a procedure by a Lua function, {@code function(id) return id end}. Lasts until the next restart. */
    public TarantoolServer define(String procedure, String function) {
        eval("testkit.define(..., " + function + ")", procedure);
        return this;
    }

    /** How many calls of an announced or defined procedure arrived since the last restart. */
    public long calls(String procedure) {
        return eval("return testkit.calls[...] or 0", procedure).getFirst() instanceof Long count ? count : 0;
    }

    /** Makes it read-only, or writable; lasts until the next restart. */
    public TarantoolServer readOnly(boolean readOnly) {
        eval("box.cfg { read_only = ... }", readOnly);
        return this;
    }

    // ---- its lifecycle

    /** Sends SIGKILL; returns when the process has ended. */
    public TarantoolServer kill() {
        program.end("KILL");
        return this;
    }

    /** Sends SIGTERM; returns when the process has ended. */
    public TarantoolServer terminate() {
        program.end("TERM");
        return this;
    }

    /** Suspends it, as SIGSTOP does; its connections stay, and the kernel still accepts new ones. */
    public TarantoolServer freeze() {
        program.signal("STOP");
        return this;
    }

    /** Resumes it after {@link #freeze}. */
    public TarantoolServer thaw() {
        program.signal("CONT");
        return this;
    }

    /** Kills it if it runs, starts it on the same port with its data, and waits until it answers. */
    public TarantoolServer restart() {
        kill();
        program.start();
        program.awaitReady(() -> {
            try (IprotoClient client = control(PROBE_TIMEOUT)) {
                client.eval("return 1");
            }
        });
        return this;
    }

    /** Whether its process exists, frozen or not. */
    public boolean isRunning() {
        return program.isRunning();
    }

    /** The end of its log. */
    public String log() {
        return program.log();
    }

    /** Kills it and removes everything that it stored. Idempotent. */
    @Override
    public void close() {
        program.close();
    }

    @Override
    public String toString() {
        return program.toString();
    }
}
