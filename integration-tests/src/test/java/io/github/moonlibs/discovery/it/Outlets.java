package io.github.moonlibs.discovery.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.micrometer.DiscoveryMetrics;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Everything that comes out of the library while this is open: logs, events, meters, recordings, and what is added. */
final class Outlets implements AutoCloseable {
    /** A line of what came out. */
    record Said(String outlet, String text) {
        /** For the message of a test that fails. */
        String shortened() {
            return outlet + ": " + text.substring(0, Math.min(text.length(), 600));
        }
    }

    private static final String NAME = "a collector of events";

    private final Logger root = Logger.getLogger("");
    private final Level before = root.getLevel();
    private final Recording recording = new Recording();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Queue<Said> said = new ConcurrentLinkedQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            add("log", formatter.format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Collects the text of every event. */
    final ClientObserver observer = (ClientObserver) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {ClientObserver.class}, (proxy, method, arguments) -> {
                if (method.getDeclaringClass() != Object.class) {
                    add("event", String.valueOf(arguments[0]));
                    return null;
                }
                return switch (method.getName()) {
                    case "equals" ->
                        arguments[0] instanceof ClientObserver other
                                && other.toString().equals(NAME);
                    case "hashCode" -> NAME.hashCode();
                    default -> NAME;
                };
            });

    final DiscoveryMetrics metrics = DiscoveryMetrics.of(meters);

    Outlets() {
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        root.setLevel(Level.ALL);
        for (String event : List.of("Call", "Attempt", "Discovery", "Connection", "NodeState", "Topology")) {
            recording.enable("io.github.moonlibs.discovery." + event).withoutThreshold();
        }
        // the JDK's own event, off by default, has the messages of exceptions that are caught, too
        recording.enable("jdk.JavaExceptionThrow");
        recording.start();
    }

    void add(String outlet, Object text) {
        said.add(new Said(outlet, String.valueOf(text)));
    }

    /** An exception as a log has it, with its causes and what it suppressed. */
    void add(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        add("exception", trace);
    }

    /** All that the client shows of itself and its nodes, now, and what its meters are called and tagged with. */
    void addClient(DiscoveryClient client, String method) {
        add("client", client);
        add("options", client.options());
        ClientSnapshot snapshot = client.snapshot();
        add("snapshot", snapshot);
        add("snapshot", client.topology());
        add("snapshot", client.topology().nodes());
        add("snapshot", client.routing());
        add("JSON", snapshot.toJson());
        for (NodeSnapshot node : snapshot.topology().nodes()) {
            add("snapshot", node + " " + node.instance() + " " + node.instance().endpoint());
            add("snapshot", snapshot.why(method, node.instance()));
        }
        meters.getMeters().forEach(meter -> add("meter", meter.getId() + " " + meter.measure()));
    }

    /** Ends the recording, and returns all that came out. */
    List<Said> all(Path directory) throws IOException {
        recording.stop();
        Path file = Files.createTempFile(directory, "recording", ".jfr");
        recording.dump(file);
        List<Said> all = new ArrayList<>(said);
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (!isOfTheParser(event)) {
                all.add(new Said("recording", event.toString()));
            }
        }
        Files.delete(file);
        return all;
    }

    /** SECURITY.md says so: what the YAML parser throws never leaves the reader, but the JDK can be told to record it. */
    private static boolean isOfTheParser(RecordedEvent event) {
        return event.hasField("thrownClass")
                && event.getClass("thrownClass").getName().startsWith("org.snakeyaml.");
    }

    /** How a text may be written in what is said: as it is, in hexadecimal digits, or in Base64. */
    static List<String> spellings(String text) {
        String hex = HexFormat.of().formatHex(text.getBytes(UTF_8));
        // what stands before it decides how its bytes are grouped, and the ends belong to neighbours, too
        List<String> grouped = Stream.of("", "x", "xx")
                .map(before -> Base64.getEncoder().withoutPadding().encodeToString((before + text).getBytes(UTF_8)))
                .map(coded -> coded.substring(4, coded.length() - 2))
                .toList();
        return Stream.concat(Stream.of(text, hex, hex.toUpperCase(Locale.ROOT)), grouped.stream())
                .toList();
    }

    @Override
    public void close() {
        recording.close();
        meters.close();
        root.setLevel(before);
        root.removeHandler(handler);
    }
}
