package io.github.moonlibs.discovery.etcd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads untrusted YAML as Tarantool does: maps, lists and texts, never objects. Of several documents the first counts,
 * of a repeated key the last. What it stands for is counted while it is read, with all that aliases repeat, so that time
 * and memory stay in proportion to the text; the limits are far above any configuration.
 *
 * <p>A map is a {@code Map<String, Object>}, a list a {@code List<Object>}, a scalar the {@code String} that is written
 * there, whatever it looks like: a label {@code 007} is no number. A plain {@code null}, {@code ~} or nothing is null.
 */
final class YamlDocument {
    /** In characters. etcd itself accepts at most 1.5 MiB at once by default. */
    static final int MAX_SIZE = 8 << 20;

    static final int MAX_DEPTH = 64;

    /** Values and characters count each time that an alias repeats them: a few aliases can stand for 2^50 values. */
    static final int MAX_VALUES = 1_000_000;

    private static final int INTERRUPT_EVERY = 1 << 10;
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final String STANDARD = "tag:yaml.org,2002:";
    /** Behind these words the parser quotes the document. */
    private static final List<String> BEFORE_QUOTES = List.of("tag handle", "hexadecimal numbers");

    private static final Set<String> TAGS = Set.of("str", "int", "float", "bool", "null", "map", "seq");

    private final String place;
    private final int maxSize;
    private final int maxValues;
    private final LoadSettings settings;
    private final StreamReader reader;
    private final Map<String, Part> anchors = new HashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private long values;
    private long characters;
    private boolean complete;
    private @Nullable Object root;

    private YamlDocument(String place, String text, int maxSize, int maxValues) {
        this.place = place;
        this.maxSize = maxSize;
        this.maxValues = maxValues;
        settings = LoadSettings.builder()
                // marks quote the document in the parser's exceptions, and a password may stand there
                .setUseMarks(false)
                .setCodePointLimit(maxSize)
                // a value longer than the buffer is copied at every refill, which takes quadratic time
                .setBufferSize(Math.clamp(text.length(), 1 << 10, 1 << 20))
                .build();
        // an editor's byte order mark
        reader = new StreamReader(settings, text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    /** A value, with what it counts for and how many levels it has. */
    private record Part(@Nullable Object value, long values, long characters, int levels) {}

    /** A collection whose end has not come yet. */
    private static final class Open {
        private final Object collection;
        private final @Nullable String anchor;
        private final boolean isMap;
        private long values;
        private long characters;
        private int levels;
        private boolean hasKey;
        private String key = "";

        Open(CollectionStartEvent event) {
            isMap = event instanceof MappingStartEvent;
            collection = isMap ? new LinkedHashMap<String, Object>() : new ArrayList<>();
            anchor = name(event.getAnchor());
        }
    }

    /**
     * Reads the document, which has to be a map.
     *
     * @param place where it lies, for messages
     */
    static Map<String, @Nullable Object> parse(String place, String text)
            throws MalformedException, InterruptedException {
        return parse(place, text, MAX_SIZE, MAX_VALUES);
    }

    /** The same with other bounds, in characters and in values. */
    static Map<String, @Nullable Object> parse(String place, String text, int maxSize, int maxValues)
            throws MalformedException, InterruptedException {
        if (text.length() > maxSize) {
            throw new MalformedException(place + ": expected at most " + maxSize + " characters, got " + text.length());
        }
        return new YamlDocument(place, text, maxSize, maxValues).parse();
    }

    private Map<String, @Nullable Object> parse() throws MalformedException, InterruptedException {
        try {
            ParserImpl parser = new ParserImpl(settings, reader);
            for (int i = 0; parser.hasNext(); i++) {
                if (i % INTERRUPT_EVERY == 0 && Thread.interrupted()) {
                    throw new InterruptedException();
                }
                take(parser.next());
            }
        } catch (YamlEngineException e) {
            throw malformed(problem(e));
        } catch (RuntimeException | StackOverflowError e) {
            // the parser lets exceptions of the JDK out, such as of a code point that is none, or a tag that is no URI,
            // which they quote
            throw malformed(e.getClass().getSimpleName());
        }
        return map(root);
    }

    @SuppressWarnings("unchecked") // maps are made here alone
    private Map<String, @Nullable Object> map(@Nullable Object document) throws MalformedException {
        if (document == null) {
            return Map.of();
        }
        if (!(document instanceof Map<?, ?> map)) {
            throw new MalformedException(place + ": expected a YAML document that is a map");
        }
        return (Map<String, @Nullable Object>) map;
    }

    private void take(Event event) throws MalformedException {
        switch (event) {
            case DocumentStartEvent start -> anchors.clear();
            case ScalarEvent scalar -> scalar(scalar);
            case AliasEvent alias -> alias(alias);
            case CollectionStartEvent start -> {
                checkTag(start.getTag());
                if (open.size() >= MAX_DEPTH) {
                    throw tooMuch();
                }
                Open opened = new Open(start);
                if (opened.anchor != null) {
                    // until it is complete, an alias cannot stand for it
                    anchors.remove(opened.anchor);
                }
                open.push(opened);
            }
            case CollectionEndEvent end -> {
                Open closed = open.pop();
                add(
                        new Part(closed.collection, closed.values + 1, closed.characters, closed.levels + 1),
                        closed.anchor,
                        0);
            }
            default -> {}
        }
    }

    private void scalar(ScalarEvent scalar) throws MalformedException {
        checkTag(scalar.getTag());
        String text = scalar.getValue();
        boolean isText =
                scalar.getTag().filter(tag -> tag.equals(STANDARD + "str")).isPresent();
        boolean isNull =
                scalar.getTag().filter(tag -> tag.equals(STANDARD + "null")).isPresent()
                        || (!isText && scalar.getScalarStyle() == ScalarStyle.PLAIN && NULLS.contains(text));
        Open parent = open.peek();
        if (isNull && parent != null && parent.isMap && !parent.hasKey) {
            isNull = false;
        }
        count(1, text.length());
        add(new Part(isNull ? null : text, 1, text.length(), 0), name(scalar.getAnchor()), 0);
    }

    private void alias(AliasEvent alias) throws MalformedException {
        Part part = anchors.get(alias.getAlias().getValue());
        if (part == null) {
            throw malformed(
                    "expected an anchor before each alias, and not around it; text that begins with a * is quoted");
        }
        count(part.values, part.characters);
        add(part, null, part.levels);
    }

    private void add(Part part, @Nullable String anchor, int levels) throws MalformedException {
        if (anchor != null) {
            anchors.put(anchor, part);
        }
        Open parent = open.peek();
        if (parent == null) {
            if (!complete) {
                complete = true;
                root = part.value;
            }
            return;
        }
        if (open.size() + levels > MAX_DEPTH) {
            throw tooMuch();
        }
        parent.values += part.values;
        parent.characters += part.characters;
        parent.levels = Math.max(parent.levels, part.levels);
        put(parent, part.value);
    }

    @SuppressWarnings("unchecked") // collections are made here alone
    private void put(Open parent, @Nullable Object value) throws MalformedException {
        if (!parent.isMap) {
            ((List<@Nullable Object>) parent.collection).add(value);
        } else if (parent.hasKey) {
            parent.hasKey = false;
            ((Map<String, @Nullable Object>) parent.collection).put(parent.key, value);
        } else if (value instanceof String key) {
            parent.hasKey = true;
            parent.key = key;
        } else {
            throw new MalformedException(place + ": expected text as the key of a map");
        }
    }

    private void count(long values, long characters) throws MalformedException {
        this.values += values;
        this.characters += characters;
        if (this.values > maxValues || this.characters > maxSize) {
            throw tooMuch();
        }
    }

    private MalformedException tooMuch() {
        return new MalformedException(place + ": expected at most " + maxValues + " values and " + maxSize
                + " characters in " + MAX_DEPTH + " levels of YAML, aliases included");
    }

    private void checkTag(Optional<String> tag) throws MalformedException {
        if (tag.isPresent()
                && !tag.get().startsWith("!")
                && !(tag.get().startsWith(STANDARD) && TAGS.contains(tag.get().substring(STANDARD.length())))) {
            throw malformed(
                    "expected maps, lists and scalars, got something of another type; text that begins with a ! is"
                            + " quoted");
        }
    }

    private static @Nullable String name(Optional<Anchor> anchor) {
        return anchor.map(Anchor::getValue).orElse(null);
    }

    /** What the parser says, as far as it quotes nothing longer than a character. */
    private static String problem(YamlEngineException e) {
        String problem = e instanceof MarkedYamlEngineException marked ? marked.getProblem() : e.getMessage();
        String said = Causes.shortened(String.valueOf(problem));
        for (String words : BEFORE_QUOTES) {
            int at = said.indexOf(words);
            if (at >= 0) {
                return said.substring(0, at + words.length());
            }
        }
        return said;
    }

    /** Says where, instead of quoting what stands there: it may be a password that should have been quoted. */
    private MalformedException malformed(String problem) {
        return new MalformedException(
                place + ": expected a YAML document: line " + (reader.getLine() + 1) + ": " + problem);
    }
}
