package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine's Tarantool, in a folder of its own. */
public final class RealTarantool implements AutoCloseable {
    private static final String SETUP = """
            box.cfg{listen = arg[1], wal_mode = 'none', log = 'log', memtx_memory = 33554432}
            local fiber = require('fiber')
            executed = 0
            function echo(...) return ... end
            function add(a, b) return a + b end
            function slow(seconds, ...) fiber.sleep(seconds) return ... end
            function count() executed = executed + 1 return executed end
            function push() box.session.push('pushed') return 'returned' end
            function raise(code, reason) box.error{code = code, reason = reason} end
            function types(...)
              local names = {}
              for i = 1, select('#', ...) do
                local value = select(i, ...)
                table.insert(names, type(value) .. ' ' .. tostring(value))
              end
              return names
            end
            local users = box.schema.create_space('users', { format = {
              { 'id', 'unsigned' }, { 'name', 'string' }, { 'city', 'string', is_nullable = true } } })
            users:create_index('primary')
            users:insert { 1, 'Ann', 'Rome' }
            users:insert { 2, 'Bob' }
            local plain = box.schema.create_space('plain')
            plain:create_index('primary')
            plain:insert { 1, 'Ann' }
            box.schema.user.grant('guest', 'read', 'space', 'users')
            box.schema.user.grant('guest', 'read', 'space', 'plain')
            box.schema.user.create('ann', {password = 'secret'})
            box.schema.user.grant('ann', 'execute', 'universe')
            box.schema.user.create('bob', {password = ''})
            box.schema.user.grant('guest', 'execute', 'universe')
            print('listening on ' .. box.info.listen)
            io.flush()
            """;

    private final Path folder;
    private final Process process;
    private final Endpoint endpoint;

    private RealTarantool(String listen) throws IOException {
        folder = Files.createTempDirectory("tarantool");
        Path setup = Files.writeString(folder.resolve("setup.lua"), SETUP);
        process = new ProcessBuilder(program(), setup.toString(), listen.replace("FOLDER", folder.toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        BufferedReader lines = process.inputReader(UTF_8);
        StringBuilder said = new StringBuilder();
        String line = lines.readLine();
        while (line != null && !line.startsWith("listening on ")) {
            said.append(line).append('\n');
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("tarantool did not start: " + said);
        }
        String address = line.substring("listening on ".length());
        endpoint = address.startsWith("unix/:")
                ? Endpoint.parse("unix/:" + folder.resolve("socket"))
                : new Endpoint(
                        listen.startsWith("[::1]") ? "::1" : "127.0.0.1",
                        Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
                        null,
                        null,
                        null);
    }

    private static String program() {
        return TarantoolServer.program().map(Path::toString).orElse("tarantool");
    }

    public static RealTarantool start() throws IOException {
        return new RealTarantool("127.0.0.1:0");
    }

    public static RealTarantool startOnIpv6() throws IOException {
        return new RealTarantool("[::1]:0");
    }

    public static RealTarantool startOnUnixSocket() throws IOException {
        return new RealTarantool("unix/:FOLDER/socket");
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Sends the process a signal, such as STOP, CONT or KILL. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor(Threads.BOUND, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly()
                .onExit()
                .orTimeout(Threads.BOUND, TimeUnit.SECONDS)
                .join();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
