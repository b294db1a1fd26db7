package io.github.moonlibs.discovery.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.util.SortedMap;
import java.util.TreeMap;

/** Documents of Tarantool 3's configuration, with NUL between two that are to be merged. */
public final class YamlTarget implements Target {
    @Override
    public String name() {
        return "yaml";
    }

    /** What many instances inherit may take that much in any document. */
    @Override
    public long constant() {
        return 32L * CONSTANT;
    }

    @Override
    public boolean read(byte[] input) throws InterruptedException {
        SortedMap<String, String> documents = new TreeMap<>();
        for (String document : new String(input, UTF_8).split("\0", 4)) {
            documents.put("/app/config/" + documents.size(), document);
        }
        try {
            return TreeTarget.check(YamlLayout.read(documents, Selection.ALL, "3.3.0"));
        } catch (MalformedException refused) {
            return Refusal.check(refused);
        }
    }
}
