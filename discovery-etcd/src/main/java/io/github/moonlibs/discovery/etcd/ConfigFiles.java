package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file of Tarantool 3 with those that it includes, merged as Tarantool does it: a file overrides those
 * before it, and each is read once.
 */
final class ConfigFiles {
    private static final int MAX_FILES = 1_000;

    private final Path root;
    private final String version;
    private List<Path> patterns = List.of();

    /** @param version the servers', for conditional sections */
    ConfigFiles(Path root, String version) {
        this.root = root.toAbsolutePath().normalize();
        this.version = version;
    }

    /** What a file looks like from outside: it changes whenever the file is written or replaced. */
    record State(Path file, FileTime modified, long size, String key) {}

    /** What was read. */
    record Loaded(String place, Map<String, @Nullable Object> configuration, long characters) {}

    /** How the files look now that were read last, or are included by them. */
    List<State> states() throws IOException {
        Set<Path> files = new LinkedHashSet<>(List.of(root));
        for (Path pattern : patterns) {
            files.addAll(Globs.expand(pattern));
        }
        List<State> states = new ArrayList<>();
        for (Path file : files) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException(file + ": expected a file");
            }
            states.add(new State(
                    file, attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey())));
        }
        return states;
    }

    Loaded load() throws IOException, MalformedException, InterruptedException {
        Deque<Path> left = new ArrayDeque<>(List.of(root));
        Set<Path> read = new LinkedHashSet<>();
        List<Path> included = new ArrayList<>();
        Merged merged = new Merged();
        long characters = 0;
        while (!left.isEmpty()) {
            Path file = left.pop();
            if (!read.add(file)) {
                continue;
            }
            if (read.size() > MAX_FILES) {
                throw new MalformedException(
                        "file " + root + ": expected at most " + MAX_FILES + " files with those included");
            }
            String place = "file " + file;
            String text = text(place, file);
            characters += text.length();
            Map<String, @Nullable Object> document = Conditions.apply(place, YamlDocument.parse(place, text), version);
            List<Path> next = new ArrayList<>();
            for (Path pattern : includes(place, file, document.get("include"))) {
                included.add(pattern);
                next.addAll(Globs.expand(pattern));
            }
            next.reversed().forEach(left::push);
            merged.override(document);
        }
        patterns = List.copyOf(included);
        return new Loaded("file " + root + (read.size() == 1 ? "" : " and those that it includes"), merged, characters);
    }

    private static String text(String place, Path file) throws IOException, MalformedException {
        if (!Files.isRegularFile(file)) {
            // a pipe, or a device, may never end
            throw new IOException(file + ": expected a file");
        }
        if (Files.size(file) > 4L * YamlDocument.MAX_SIZE) {
            throw new MalformedException(place + ": expected at most " + YamlDocument.MAX_SIZE + " characters");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new MalformedException(place + ": expected text in UTF-8");
        }
    }

    private static List<Path> includes(String place, Path file, @Nullable Object include) throws MalformedException {
        if (include == null) {
            return List.of();
        }
        List<Path> patterns = new ArrayList<>();
        for (Object each : include instanceof List<?> list ? list : List.of(include)) {
            if (!(include instanceof List) || !(each instanceof String pattern) || pattern.isEmpty()) {
                throw new MalformedException(place + ": include: expected a list of paths");
            }
            try {
                patterns.add(file.resolveSibling(pattern).normalize());
            } catch (InvalidPathException e) {
                throw new MalformedException(place + ": include: expected a list of paths");
            }
        }
        return patterns;
    }
}
