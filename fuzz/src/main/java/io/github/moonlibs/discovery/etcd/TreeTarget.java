package io.github.moonlibs.discovery.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tree of keys, one {@code key=value} a line. */
public final class TreeTarget implements Target {
    @Override
    public String name() {
        return "tree";
    }

    @Override
    public boolean read(byte[] input) throws InterruptedException {
        SortedMap<String, String> keys = new TreeMap<>();
        // an address that goes on as the input does
        keys.put("/app/instances/planted/box/listen", "app:" + Refusal.SECRET + new String(input, UTF_8));
        new String(input, UTF_8).lines().forEach(line -> {
            int equals = line.indexOf('=');
            keys.put("/app/" + line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
        });
        try {
            return check(TreeLayout.read(keys, "/app/instances/", "/app/clusters/", Selection.ALL));
        } catch (MalformedException refused) {
            return Refusal.check(refused);
        }
    }

    static boolean check(Reading reading) {
        reading.unusable().values().forEach(problem -> Refusal.check(new IllegalArgumentException(problem)));
        return !reading.instances().isEmpty();
    }
}
