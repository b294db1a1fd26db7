package io.github.moonlibs.discovery.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program on this machine, in a temporary directory of its own. */
final class LocalProgram implements ServerProgram {
    private static final int LOG_LINES = 40;
    private static final Set<LocalProgram> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(LocalProgram::close), "testkit-cleanup"));
    }

    private final Recipe recipe;
    private final Path directory;
    private final Path log;
    private volatile @Nullable Process process;

    LocalProgram(Recipe recipe) {
        this.recipe = recipe;
        String program = recipe.command().getFirst();
        if (find(program) == null) {
            throw new IllegalStateException(program + " is not on PATH (" + System.getenv("PATH") + "): install it, "
                    + "for example by apt-get install " + (program.equals("etcd") ? "etcd-server" : program)
                    + ", or run it by Via.CONTAINER");
        }
        try {
            directory = Files.createTempDirectory("discovery-testkit-");
            for (Map.Entry<String, String> file : recipe.files().entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        log = directory.resolve("log");
        OPEN.add(this);
    }

    /**
     * The program's file: the one that the environment names, as {@code DISCOVERY_TARANTOOL}, or else the first on PATH; null
     * if there is none.
     *
     * @throws IllegalStateException if the environment names what isn't a program
     */
    static @Nullable Path find(String program) {
        String variable = "DISCOVERY_" + program.toUpperCase(Locale.ROOT);
        String named = System.getenv(variable);
        if (named != null && !named.isEmpty()) {
            Path file = Path.of(named).toAbsolutePath();
            if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
                throw new IllegalStateException(variable + ": expected the path of a program, got " + named);
            }
            return file;
        }
        String path = System.getenv("PATH");
        return Stream.of(path == null ? new String[0] : path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void start() {
        try {
            List<String> command = new ArrayList<>(recipe.command());
            command.set(0, Objects.requireNonNull(find(command.getFirst())).toString());
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isRunning() {
        Process now = process;
        return now != null && now.isAlive();
    }

    @Override
    public void signal(String name) {
        Process now = process;
        if (now == null) {
            throw new IllegalStateException(this + " was not started");
        }
        try {
            // uses the shell's kill, because Java can only send TERM and KILL
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + now.pid())
                    .inheritIO()
                    .start();
            if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException(this + ": kill -" + name + " failed");
            }
            if (name.equals("STOP")) {
                awaitStopped(now.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(this + ": interrupted", e);
        }
    }

    @Override
    public String log() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<String> tail = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
            return "Its log ends:\n  " + String.join("\n  ", tail);
        } catch (IOException e) {
            return "It left no log.";
        }
    }

    @Override
    public void erase() {
        delete(directory.resolve(DATA));
    }

    @Override
    public void close() {
        if (OPEN.remove(this)) {
            Process now = process;
            if (now != null) {
                now.destroyForcibly();
                Waiting.giveUpAfter(PATIENCE, () -> !now.isAlive());
            }
            delete(directory);
        }
    }

    private static void delete(Path folder) {
        if (Files.exists(folder)) {
            try (Stream<Path> content = Files.walk(folder)) {
                for (Path file : content.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public String toString() {
        return recipe.toString();
    }

    /** After the signal was sent, a process of several threads may still run, and answer, for a moment. */
    private void awaitStopped(long pid) {
        Path threads = Path.of("/proc", Long.toString(pid), "task");
        if (Files.isDirectory(threads)) {
            Waiting.until(PATIENCE, () -> this + " has not stopped", () -> isStopped(threads));
        }
    }

    private static boolean isStopped(Path threads) {
        try (Stream<Path> each = Files.list(threads)) {
            for (Path thread : each.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                // the state follows the name, which is in parentheses and may itself contain some
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException threadHasEnded) {
            return false;
        }
    }
}
