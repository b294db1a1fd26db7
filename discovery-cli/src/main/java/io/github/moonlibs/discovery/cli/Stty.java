package io.github.moonlibs.discovery.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program that reports and changes the modes of a terminal, which every Unix has. */
final class Stty {
    static final File TERMINAL = new File("/dev/tty");

    private Stty() {}

    /** Changes modes; true: that is done. */
    static boolean change(String... modes) {
        try {
            Process stty = start(ProcessBuilder.Redirect.DISCARD, modes);
            // not ended by force: half of the modes would be changed
            return stty.waitFor(5, TimeUnit.SECONDS) && stty.exitValue() == 0;
        } catch (IOException none) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Runs it on the terminal of this process; returns its output, empty if it failed. */
    static String run(String... arguments) {
        try {
            Process stty = start(ProcessBuilder.Redirect.PIPE, arguments);
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException none) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static Process start(ProcessBuilder.Redirect output, String... arguments) throws IOException {
        return new ProcessBuilder(
                        Stream.concat(Stream.of("stty"), Stream.of(arguments)).toList())
                .redirectInput(TERMINAL)
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
