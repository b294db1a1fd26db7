package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Four real Tarantool servers: a writable one, a read-only one, one that is killed, and one that clients log in to with
 * a wrong password.
 */
final class Servers implements AutoCloseable {
    final TarantoolServer writable = start();
    final TarantoolServer readOnly = start();
    final TarantoolServer killed = start();
    final TarantoolServer locked = start();

    Servers() {
        readOnly.readOnly(true);
        killed.kill();
    }

    private static TarantoolServer start() {
        try (InputStream lua = Objects.requireNonNull(Servers.class.getResourceAsStream("users.lua"))) {
            return TarantoolServer.builder()
                    .script(new String(lua.readAllBytes(), StandardCharsets.UTF_8))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of {@code --endpoints} for the healthy ones. */
    String well() {
        return writable.endpoint() + "," + readOnly.endpoint();
    }

    /** The value of {@code --endpoints} for all of them. */
    String all() {
        return well() + "," + killed.endpoint() + ",testkit:guess@" + locked.endpoint();
    }

    @Override
    public void close() {
        writable.close();
        readOnly.close();
        killed.close();
        locked.close();
    }
}
