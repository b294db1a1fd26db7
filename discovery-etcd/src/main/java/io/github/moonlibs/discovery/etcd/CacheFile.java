package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/**
 * The last good topology, in a YAML file. The file names its topology: if two were kept in the same file by mistake,
 * calls would go to the wrong servers.
 */
final class CacheFile {
    /** In characters: what is written can be read again. */
    static final int MAX_SIZE = 64 << 20;

    /** Every text is quoted: whatever it looks like, it is read as it was written. */
    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setDefaultScalarStyle(ScalarStyle.DOUBLE_QUOTED)
            .setDereferenceAliases(true)
            .setSplitLines(false)
            .build();

    private final Path file;
    private final String identity;

    CacheFile(Path file, String identity) {
        this.file = file;
        this.identity = identity;
    }

    /** Replaces the file in one step, after the data has reached the disk. It may hold credentials, so only the owner can read it. */
    void save(List<Instance> instances) throws IOException {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Instance instance : instances) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", instance.name());
            entry.put("address", instance.endpoint().address());
            putIfThere(entry, "user", instance.endpoint().user());
            putIfThere(entry, "password", instance.endpoint().password());
            if (instance.endpoint().security() != Endpoint.Security.AS_CONFIGURED) {
                entry.put("security", instance.endpoint().security().name());
            }
            entry.put("labels", instance.labels());
            list.add(entry);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("topology", identity);
        document.put("instances", list);
        String dumped = new Dump(SETTINGS).dumpToString(document);
        if (dumped.length() > MAX_SIZE) {
            throw new IOException("expected at most " + MAX_SIZE + " characters, got " + dumped.length());
        }
        byte[] text = dumped.getBytes(StandardCharsets.UTF_8);

        Path target = file.toAbsolutePath();
        // created with mode 0600 where the file system knows modes
        Path temporary = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(text);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void putIfThere(Map<String, Object> entry, String name, @Nullable String value) {
        if (value != null) {
            entry.put(name, value);
        }
    }

    /**
     * Reads what was saved last.
     *
     * @throws MalformedException if the file is not what was saved, or is another topology's
     */
    List<Instance> load() throws IOException, MalformedException, InterruptedException {
        Map<?, ?> document = YamlDocument.parse(toString(), text(), MAX_SIZE, MAX_SIZE);
        Object saved = document.get("topology");
        if (!identity.equals(saved)) {
            throw new MalformedException(this + ": expected the topology " + identity + ", got "
                    + (saved instanceof String other ? Causes.shortened(other) : saved == null ? "none" : "no text"));
        }
        List<Instance> instances = new ArrayList<>();
        if (document.get("instances") instanceof List<?> list) {
            for (Object entry : list) {
                instances.add(instance(entry));
            }
        }
        if (instances.isEmpty()) {
            throw new MalformedException(this + ": expected instances, and there are none");
        }
        return instances;
    }

    private String text() throws IOException, MalformedException {
        if (Files.size(file) > 4L * MAX_SIZE) {
            throw new MalformedException(this + ": expected at most " + MAX_SIZE + " characters");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new MalformedException(this + ": expected text in UTF-8");
        }
    }

    private Instance instance(@Nullable Object entry) throws MalformedException {
        if (!(entry instanceof Map<?, ?> map)
                || !(map.get("name") instanceof String name)
                || !(map.get("address") instanceof String address)
                || !(map.get("labels") instanceof Map<?, ?> saved)) {
            throw new MalformedException(this + ": expected every instance to have name, address and labels");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        try {
            for (Map.Entry<?, ?> label : saved.entrySet()) {
                labels.put(String.valueOf(label.getKey()), String.valueOf(text(saved, label.getKey())));
            }
            Endpoint endpoint = Endpoint.parse(address).withCredentials(text(map, "user"), text(map, "password"));
            String security = text(map, "security");
            if (security != null) {
                endpoint = endpoint.withSecurity(Endpoint.Security.valueOf(security));
            }
            return new Instance(endpoint, name, labels);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(this + ": " + Causes.shortened(name) + ": " + e.getMessage());
        }
    }

    private static @Nullable String text(Map<?, ?> map, Object name) {
        Object value = map.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new IllegalArgumentException("expected text as the " + name);
    }

    @Override
    public String toString() {
        return "cache file " + file;
    }
}
