package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** One node: a real Tarantool with a loopback address of its own, which writes down what it executes. */
final class Member implements AutoCloseable {
    private final String name;
    private final Path journal;
    private final TarantoolServer server;

    private Member(String name, Path journal, TarantoolServer server) {
        this.name = name;
        this.journal = journal;
        this.server = server;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param name as its answers say it
     * @param host the loopback address to listen on
     * @param folder where it writes what it executes
     */
    static Member start(String name, String host, Path folder) throws IOException {
        Path journal = folder.resolve(name + ".journal");
        try (InputStream in = Member.class.getResourceAsStream("member.lua")) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file member.lua");
            }
            String settings = "local NAME, JOURNAL = '" + name + "', '" + journal + "'\n";
            String script = settings + new String(in.readAllBytes(), StandardCharsets.UTF_8);
            TarantoolServer server = TarantoolServer.builder()
                    .via(Via.LOCAL)
                    .host(host)
                    .script(script)
                    .start();
            return new Member(name, journal, server);
        }
    }

    String name() {
        return name;
    }

    String host() {
        return server.host();
    }

    int port() {
        return server.port();
    }

    String endpoint() {
        return server.endpoint();
    }

    TarantoolServer server() {
        return server;
    }

    /** What it has written down, in all its lives. */
    Journal journal() throws IOException {
        return Journal.read(name, Files.newBufferedReader(journal));
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return name + " (" + endpoint() + ")";
    }
}
