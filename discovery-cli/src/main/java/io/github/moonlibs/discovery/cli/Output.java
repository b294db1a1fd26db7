package io.github.moonlibs.discovery.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Standard output. A PrintStream only remembers that something could not be written; this one also remembers why. */
final class Output extends PrintStream {
    private static final int FILE_TYPE = 0xF000;
    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xC000;

    private final Sink sink;
    private final BooleanSupplier isPipe;

    /** @param isPipe whether the output goes to a reader that may have gone; asked after a failure */
    Output(OutputStream out, BooleanSupplier isPipe) {
        this(new Sink(out), isPipe);
    }

    private Output(Sink sink, BooleanSupplier isPipe) {
        // terminals use UTF-8, even if the locale of a bare container says otherwise
        super(sink, true, StandardCharsets.UTF_8);
        this.sink = sink;
        this.isPipe = isPipe;
    }

    /** That of this process. Not by way of System.out, which keeps failures to itself. */
    static Output ofProcess() {
        return new Output(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                () -> isPipe(Path.of("/dev/stdout")));
    }

    /** A failure's message can't be asked: it is in the user's language. */
    static boolean isPipe(Path output) {
        try {
            int type = (Integer) Files.getAttribute(output, "unix:mode") & FILE_TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return false;
        }
    }

    /** Why not all could be written; null if all was. That the reader of a pipe has gone is no failure: it has enough. */
    @Nullable
    String failure() {
        flush();
        IOException failure = sink.failure;
        return failure == null || isPipe.getAsBoolean() ? null : String.valueOf(failure.getMessage());
    }

    /** Keeps the first failure. */
    private static final class Sink extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Sink(OutputStream out) {
            super(out);
        }

        private interface Step {
            void run() throws IOException;
        }

        private void keepFailure(Step step) throws IOException {
            try {
                step.run();
            } catch (IOException now) {
                failure = failure == null ? now : failure;
                throw now;
            }
        }

        @Override
        public void write(int octet) throws IOException {
            keepFailure(() -> out.write(octet));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            keepFailure(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            keepFailure(out::flush);
        }
    }
}
