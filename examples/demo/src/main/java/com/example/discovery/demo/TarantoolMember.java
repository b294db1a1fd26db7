package com.example.discovery.demo;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A real Tarantool instance that runs {@code users.lua}. */
record TarantoolMember(String name, TarantoolServer server) implements Member {
    static TarantoolMember start(String name) {
        return new TarantoolMember(
                name,
                TarantoolServer.builder()
                        .via(Via.LOCAL)
                        .readOnly()
                        .script("NODE = '" + name + "'")
                        .script(users())
                        .start());
    }

    private static String users() {
        try (InputStream lua = Objects.requireNonNull(TarantoolMember.class.getResourceAsStream("users.lua"))) {
            return new String(lua.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String endpoint() {
        return server.endpoint();
    }

    @Override
    public void readOnly(boolean readOnly) {
        server.readOnly(readOnly);
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }
}
