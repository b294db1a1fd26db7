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

    @Override
    public boolean read(byte[] input) {
        SortedMap<String, String> documents = new TreeMap<>();
        for (String document : new String(input, UTF_8).split("\0", 4)) {
            documents.put("/app/config/" + documents.size(), document);
        }
        try {
            return TreeTarget.check(YamlLayout.read(documents, Selection.ALL));
        } catch (MalformedException refused) {
            return Refusal.check(refused);
        }
    }
}
