package io.github.moonlibs.discovery.etcd;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An answer of etcd's API v2: a directory's contents, an event, or an error.
 *
 * @param index for a directory: etcd's index when it was read; for an event: its own
 * @param error etcd's code; {@link #NONE} if it is not an error
 * @param removed the key or directory that an event removed; empty: none
 * @param values by full name
 */
record V2Answer(long index, int error, String message, String removed, SortedMap<String, String> values) {
    static final int NONE = 0;
    static final int NOT_FOUND = 100;
    static final int UNAUTHORIZED = 110;
    static final int INDEX_CLEARED = 401;

    private static final Set<String> REMOVALS = Set.of("delete", "expire", "compareAndDelete");
    private static final JsonFactory JSON = new JsonFactory();

    /** @throws IOException if it is not the JSON that etcd sends */
    static V2Answer parse(byte[] body, OptionalLong etcdIndex) throws IOException {
        try (JsonParser json = JSON.createParser(body)) {
            Reader reader = new Reader(json);
            reader.answer();
            boolean read = reader.action.equals("get");
            if (reader.error == NONE && reader.action.isEmpty()) {
                throw new IOException("neither an action nor an error");
            }
            return new V2Answer(
                    read || reader.error != NONE ? etcdIndex.orElse(reader.index) : reader.modified,
                    reader.error,
                    reader.message + ": " + reader.cause,
                    reader.isRemoval() ? reader.key : "",
                    reader.values);
        }
    }

    /** Brings the keys up to date with an event. */
    void applyTo(SortedMap<String, String> keys) {
        if (!removed.isEmpty()) {
            keys.remove(removed);
            Keys.below(keys, removed + "/").clear();
        }
        keys.putAll(values);
    }

    /** Reads the fields of interest, in any order. */
    private static final class Reader {
        private final JsonParser json;
        private final SortedMap<String, String> values = new TreeMap<>();
        private String action = "";
        private String key = "";
        private String message = "";
        private String cause = "";
        private long index;
        private long modified;
        private int error;

        private Reader(JsonParser json) {
            this.json = json;
        }

        private boolean isRemoval() {
            return REMOVALS.contains(action);
        }

        private void answer() throws IOException {
            expect(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "action" -> action = text();
                    case "errorCode" -> error = json.getIntValue();
                    case "message" -> message = text();
                    case "cause" -> cause = text();
                    case "index" -> index = json.getLongValue();
                    case "node" -> {
                        key = node();
                        if (isRemoval()) {
                            values.clear();
                        }
                    }
                    default -> json.skipChildren();
                }
            }
        }

        /** Takes the values of the node and of those below it. Returns its name. */
        private String node() throws IOException {
            String name = "";
            String value = null;
            boolean directory = false;
            long last = 0;
            expect(JsonToken.START_OBJECT, json.currentToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken token = json.nextToken();
                switch (field) {
                    case "key" -> name = text();
                    case "value" -> value = text();
                    case "dir" -> directory = json.getBooleanValue();
                    case "modifiedIndex" -> last = json.getLongValue();
                    case "nodes" -> {
                        expect(JsonToken.START_ARRAY, token);
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            node();
                        }
                    }
                    default -> json.skipChildren();
                }
            }
            if (value != null && !directory) {
                values.put(name, value);
            }
            modified = last;
            return name;
        }

        private String text() throws IOException {
            expect(JsonToken.VALUE_STRING, json.currentToken());
            return json.getText();
        }

        private static void expect(JsonToken expected, JsonToken token) throws IOException {
            if (token != expected) {
                throw new IOException("expected " + expected + ", got " + token);
            }
        }
    }
}
