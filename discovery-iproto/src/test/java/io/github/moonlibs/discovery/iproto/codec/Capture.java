package io.github.moonlibs.discovery.iproto.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What went over the wire between a client and a real server: {@code >} to the server, {@code <} from it. */
public record Capture(String name, List<Line> lines) {
    /** One packet, or the greeting. */
    public static final class Line {
        final String about;
        final boolean fromServer;
        private final byte[] bytes;

        private Line(String about, boolean fromServer, byte[] bytes) {
            this.about = about;
            this.fromServer = fromServer;
            this.bytes = bytes;
        }

        public byte[] bytes() {
            return bytes.clone();
        }

        boolean isGreeting() {
            return bytes.length == 128 && bytes[0] == 'T';
        }

        /** The packet without its length, where that has the width that servers and well-behaved clients use. */
        public byte[] withoutLength() {
            return Arrays.copyOfRange(bytes, 5, bytes.length);
        }

        @Override
        public String toString() {
            return about;
        }
    }

    public static Capture read(String name) {
        try (InputStream in = Objects.requireNonNull(Capture.class.getResourceAsStream("/captures/" + name))) {
            List<Line> lines = new ArrayList<>();
            String about = "";
            for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
                if (line.startsWith("> ") || line.startsWith("< ")) {
                    lines.add(new Line(
                            about, line.charAt(0) == '<', HexFormat.of().parseHex(line, 2, line.length())));
                } else {
                    about = line;
                }
            }
            return new Capture(name, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Stream<Capture> all() throws IOException, URISyntaxException {
        Path folder = Path.of(
                Objects.requireNonNull(Capture.class.getResource("/captures")).toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream()
                    .map(Capture::read);
        }
    }

    /** What the server sent, greetings aside. */
    public List<Line> packets() {
        return lines.stream()
                .filter(line -> line.fromServer && !line.isGreeting())
                .toList();
    }

    public List<Line> requests() {
        return lines.stream().filter(line -> !line.fromServer).toList();
    }

    /** The first packet from the server of which that is said. */
    public Line packet(String about) {
        return packets().stream()
                .filter(line -> line.about.contains(about))
                .findFirst()
                .orElseThrow();
    }

    public Line greeting() {
        return lines.stream().filter(Line::isGreeting).findFirst().orElseThrow();
    }

    @Override
    public String toString() {
        return name;
    }
}
