package com.example.discovery.plugin;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of a topology file: {@code [name] endpoint [label=value ...]}, separated by blanks. A {@code #} begins a
 * comment.
 *
 * <pre>
 * # our storages
 * 10.0.1.11:3301
 * storage-2 app:secret@10.0.1.12:3301 zone=m9 master=true
 * </pre>
 */
final class InstanceLine {
    private static final String EXPECTED = "expected [name] endpoint [label=value ...], ";

    private InstanceLine() {}

    /**
     * Reads one line.
     *
     * @return null if the line is blank or a comment
     * @throws IllegalArgumentException if the line is malformed; the message says what was expected
     */
    static @Nullable Instance parse(String line) {
        // a # inside a word, as in a password, does not begin a comment
        String content = line.replaceFirst("(^|\\s)#.*", "").strip();
        if (content.isEmpty()) {
            return null;
        }
        List<String> words = Arrays.asList(content.split("\\s+"));
        boolean named = words.size() > 1 && !isLabel(words.get(1));
        Endpoint endpoint = endpoint(words.get(named ? 1 : 0));
        Map<String, String> labels = labels(words.subList(named ? 2 : 1, words.size()));
        return new Instance(endpoint, named ? words.getFirst() : endpoint.address(), labels);
    }

    private static Endpoint endpoint(String word) {
        try {
            return Endpoint.parse(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EXPECTED + "got " + e.getMessage(), e);
        }
    }

    private static Map<String, String> labels(List<String> words) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String word : words) {
            if (!isLabel(word)) {
                throw new IllegalArgumentException(EXPECTED + "got \"" + word + "\" in place of a label");
            }
            int equals = word.indexOf('=');
            labels.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return labels;
    }

    /** An endpoint can have a {@code =} only in its password, so there is a colon before it. */
    private static boolean isLabel(String word) {
        return word.matches("[^=:@]+=.*");
    }
}
