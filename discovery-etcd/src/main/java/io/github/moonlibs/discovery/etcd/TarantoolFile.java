package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.spi.TopologySource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The topology in a configuration file of Tarantool 3, with the files that it includes. It is read by the rules of
 * Tarantool's own loader, like the documents in etcd, and followed: a change is applied when the file has stayed the same
 * for a second, one that removes an instance when it has for five. While the file is absent or malformed, the last good set
 * stays, and the reason is reported once. No class of etcd or gRPC is loaded for it. Thread-safe.
 */
public final class TarantoolFile implements TopologySource {
    private static final String SCHEME = "file:";
    private static final String EXAMPLE = "file:/etc/tarantool/config.yaml?group=storages";
    private static final String LABEL = "label.";

    /** A path whose first name begins like {@code user:password@}. */
    private static final Pattern CREDENTIALS = Pattern.compile("/*[^/:]+:.*@");

    private final Path file;
    private final Selection selection;
    private final String version;
    private final LastGood good = new LastGood();

    private TarantoolFile(Path file, Selection selection, String version) {
        this.file = file;
        this.selection = selection;
        this.version = version;
    }

    /** All instances of a file, which need not exist yet. */
    public static TarantoolFile of(Path file) {
        return new TarantoolFile(file, Selection.ALL, Conditions.NEWEST);
    }

    /**
     * Reads a URI such as {@code file:/etc/tarantool/config.yaml?group=storages&label.dc=m9}. Its parameters are {@code
     * group}, {@code replicaset} and {@code label.<name>}, which select instances, and {@code tarantool}, the servers' version
     * for conditional sections. Path and values may be percent-encoded; a path may be relative.
     *
     * @throws IllegalArgumentException if the URI is wrong; the message says what was expected
     */
    public static TarantoolFile of(String uri) {
        int query = uri.indexOf('?');
        String path = uri.substring(0, query < 0 ? uri.length() : query);
        if (!path.startsWith(SCHEME) || path.length() == SCHEME.length()) {
            throw wrong("a URI such as " + EXAMPLE, null);
        }
        path = path.substring(SCHEME.length());
        if (CREDENTIALS.matcher(path).lookingAt()) {
            // it would be shown as the file's name
            throw wrong("the path of a file, without a user and a password, as in " + EXAMPLE, null);
        }
        if (path.startsWith("//")) {
            if (!path.startsWith("///")) {
                throw wrong("no host before the path, as in " + EXAMPLE, null);
            }
            path = path.substring(2);
        }
        Map<String, String> labels = new LinkedHashMap<>();
        String version = Conditions.NEWEST;
        for (String parameter :
                query < 0 ? new String[0] : uri.substring(query + 1).split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = parameter.substring(0, Math.max(0, equals));
            String value = EtcdUri.decode("file topology: parameter", parameter.substring(equals + 1));
            switch (name) {
                case "group", "replicaset" -> labels.put(name, value);
                case "tarantool" -> {
                    if (!Conditions.isVersion(value)) {
                        throw wrong("three numbers such as 3.1.0", name);
                    }
                    version = value;
                }
                default -> {
                    if (!name.startsWith(LABEL)) {
                        throw wrong("name=value of group, replicaset, tarantool, label.<name>", null);
                    }
                    labels.put(name.substring(LABEL.length()), value);
                }
            }
        }
        try {
            return new TarantoolFile(
                    Path.of(EtcdUri.decode("file topology: path", path)), new Selection(labels), version);
        } catch (InvalidPathException e) {
            throw wrong("the path of a file", null);
        }
    }

    private static IllegalArgumentException wrong(String expected, @Nullable String parameter) {
        return new IllegalArgumentException("file topology: "
                + (parameter == null ? "" : "parameter \"" + parameter + "\": ") + "expected " + expected);
    }

    @Override
    public void follow(Sink sink) throws InterruptedException {
        follower(sink, FileFollower.SETTLED_FOR_REMOVAL).follow();
    }

    FileFollower follower(Sink sink, Duration forRemoval) {
        return new FileFollower(new ConfigFiles(file, version), selection, "file " + file, sink, good, forRemoval);
    }

    /** The URI. */
    @Override
    public String toString() {
        return SCHEME + file + selection.suffix();
    }
}
