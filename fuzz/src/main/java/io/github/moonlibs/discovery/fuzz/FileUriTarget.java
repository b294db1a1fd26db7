package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.etcd.TarantoolFile;

/** URIs of configuration files. No file is opened. */
public final class FileUriTarget implements Target {
    @Override
    public String name() {
        return "file-uri";
    }

    @Override
    public boolean read(byte[] input) {
        try {
            return !TarantoolFile.of("file:" + new String(input, UTF_8))
                    .toString()
                    .isEmpty();
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
