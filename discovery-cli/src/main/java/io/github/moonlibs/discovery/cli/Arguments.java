package io.github.moonlibs.discovery.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a procedure, each a JSON value. Whole numbers stay exact; others are doubles. Messages count
 * arguments from 0, as the library does.
 */
final class Arguments {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int SHOWN = 80;

    private Arguments() {}

    /** @throws IllegalArgumentException if one is not JSON; the message says how to write it */
    static List<@Nullable Object> parse(List<String> texts) {
        List<@Nullable Object> values = new ArrayList<>();
        for (String text : texts) {
            values.add(parse(values.size(), text));
        }
        return values;
    }

    private static @Nullable Object parse(int index, String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IllegalArgumentException("argument " + index + ": expected JSON, got nothing");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException(
                        "argument " + index + ": expected one JSON value, got more: " + shown(text));
            }
            return value;
        } catch (IOException notJson) {
            throw new IllegalArgumentException(
                    "argument " + index + ": expected JSON, got " + shown(text)
                            + "; a string needs double quotes that the shell leaves: '\"" + shown(text) + "\"'",
                    notJson);
        }
    }

    /** Of a document of many pages a few words are enough. */
    private static String shown(String text) {
        return SafeText.cut(text, SHOWN);
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case START_ARRAY -> array(parser);
            default -> object(parser);
        };
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
    }
}
