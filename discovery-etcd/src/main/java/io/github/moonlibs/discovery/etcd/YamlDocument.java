package io.github.moonlibs.discovery.etcd;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads untrusted YAML: maps, lists and scalars, never objects. The limits are far above any configuration, and stop a
 * bomb.
 */
final class YamlDocument {
    /** In characters. etcd itself accepts at most 1.5 MiB at once by default. */
    static final int MAX_SIZE = 8 << 20;

    static final int MAX_DEPTH = 64;
    static final int MAX_ALIASES = 50;

    /** Values count each time that an alias repeats them: fifty aliases can stand for 2^50 values. */
    static final int MAX_VALUES = 1_000_000;

    private final String place;
    private int values;

    private YamlDocument(String place) {
        this.place = place;
    }

    /**
     * Reads the document, which has to be a map.
     *
     * @param place where it lies, for messages
     */
    static Map<?, ?> parse(String place, String text) throws MalformedException {
        return new YamlDocument(place).parse(text);
    }

    private Map<?, ?> parse(String text) throws MalformedException {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(place)
                .setCodePointLimit(MAX_SIZE)
                // a value longer than the buffer is copied at every refill, which takes quadratic time
                .setBufferSize(Math.clamp(text.length(), 1 << 10, 1 << 20))
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setSchema(new CoreSchema())
                .build();
        Object document;
        try {
            document = new BoundedLoad(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new MalformedException(place + ": expected one YAML document: " + problem(e));
        }
        check(document, 0);
        if (document == null) {
            return Map.of();
        }
        if (!(document instanceof Map<?, ?> map)) {
            throw new MalformedException(place + ": expected a YAML document that is a map");
        }
        return map;
    }

    /** Aliases can make a document larger and deeper than its text, and even endless. */
    private void check(@Nullable Object value, int depth) throws MalformedException {
        if (++values > MAX_VALUES || depth > MAX_DEPTH) {
            throw new MalformedException(place + ": expected at most " + MAX_VALUES + " values in " + MAX_DEPTH
                    + " levels of YAML, aliases included");
        }
        if (value instanceof Map<?, ?> map) {
            for (Object each : map.values()) {
                check(each, depth + 1);
            }
        } else if (value instanceof Collection<?> list) {
            for (Object each : list) {
                check(each, depth + 1);
            }
        }
    }

    /** The parser has a stack of its own, but the composer recurses, and would overflow the thread's stack. */
    private static final class BoundedLoad extends Load {
        private final LoadSettings settings;

        BoundedLoad(LoadSettings settings) {
            super(settings);
            this.settings = settings;
        }

        @Override
        protected Composer createComposer(String yaml) {
            return new Composer(settings, new ParserImpl(settings, new StreamReader(settings, yaml)) {
                private int depth;

                @Override
                public Event next() {
                    Event event = super.next();
                    if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                        throw new YamlEngineException("more than " + MAX_DEPTH + " levels");
                    } else if (event instanceof CollectionEndEvent) {
                        depth--;
                    }
                    return event;
                }
            });
        }
    }

    private static String problem(YamlEngineException e) {
        if (e instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            return "line " + (marked.getProblemMark().get().getLine() + 1) + ": " + marked.getProblem();
        }
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Merges the maps at every level; where they disagree, the first wins. Lists are values and are not merged. */
    static Map<?, ?> merge(Map<?, ?> first, Map<?, ?> second) {
        Map<Object, @Nullable Object> merged = new LinkedHashMap<>(second);
        first.forEach((key, value) -> {
            if (value instanceof Map<?, ?> high && merged.get(key) instanceof Map<?, ?> low) {
                merged.put(key, merge(high, low));
            } else if (value != null) {
                merged.put(key, value);
            }
        });
        return merged;
    }
}
