package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file that keeps the last topology. What was read and is written again has to be the same. */
public final class CacheTarget implements Target {
    private static final Path FOLDER = folder();

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("fuzz");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "cache";
    }

    /** The YAML parser makes a token with its place for each character of some documents, and keeps none of them. */
    @Override
    public int bytesAByte() {
        return 2 * BYTES_A_BYTE;
    }

    @Override
    public boolean read(byte[] input) throws IOException, InterruptedException {
        Path file = FOLDER.resolve("topology.yaml");
        CacheFile cache = new CacheFile(file, "/app/");
        try {
            Files.write(file, input);
            List<Instance> instances = cache.load();
            cache.save(instances);
            List<Instance> again = cache.load();
            if (!again.equals(instances)) {
                throw new IllegalStateException("read " + instances + ", wrote and read " + again);
            }
            return true;
        } catch (IOException | MalformedException refused) {
            return Refusal.check(refused);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
