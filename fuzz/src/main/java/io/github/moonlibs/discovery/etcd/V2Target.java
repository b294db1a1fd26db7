package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Answers of etcd's API v2, and the tree that they make of what was there. */
public final class V2Target implements Target {
    @Override
    public String name() {
        return "v2";
    }

    @Override
    public boolean read(byte[] input) throws InterruptedException {
        SortedMap<String, String> keys = new TreeMap<>();
        keys.put("/app/instances/a/box/listen", "10.0.0.1:3301");
        try {
            V2Answer answer = V2Answer.parse(input, OptionalLong.of(1));
            answer.applyTo(keys);
            TreeTarget.check(TreeLayout.read(keys, "/app/instances/", null, Selection.ALL));
            return answer.error() == V2Answer.NONE;
        } catch (IOException | MalformedException refused) {
            return Refusal.check(refused);
        }
    }
}
