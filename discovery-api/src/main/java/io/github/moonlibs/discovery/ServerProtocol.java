package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of its binary protocol when a client connects. Servers before Tarantool 2.10 don't say it. Immutable
 * and thread-safe.
 *
 * @param version the protocol's version, for example 10
 * @param features the numbers of the features that the server has, as Tarantool's manual lists them, in ascending order
 * @param authType how the server wants users to log in, for example {@code chap-sha1}; null if it doesn't say
 */
public record ServerProtocol(
        int version, List<Integer> features, @Nullable String authType) {
    /** The feature of streams, whose requests are executed one after another. */
    public static final int STREAMS = 0;

    /** The feature of transactions that last from one request of a stream to the next. */
    public static final int TRANSACTIONS = 1;

    /** The feature of watchers, which lets the server report changes. */
    public static final int WATCHERS = 3;

    /** The feature of reading a key's value without watching it. */
    public static final int WATCH_ONCE = 6;

    /** Sorts the features. */
    public ServerProtocol {
        features = features.stream().sorted().distinct().toList();
    }

    /** Whether the server has the feature. */
    public boolean has(int feature) {
        return features.contains(feature);
    }

    /** The components by their names, in order, as JSON shows them. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("version", version);
        map.put("features", features);
        map.put("authType", authType);
        return map;
    }

    /** For people, for example {@code protocol 10 (features 0 1 2 3), chap-sha1}. */
    @Override
    public String toString() {
        String numbers = features.stream().map(String::valueOf).collect(Collectors.joining(" "));
        return "protocol " + version + " (features " + numbers + ")"
                + (authType == null ? "" : ", " + SafeText.name(authType));
    }
}
