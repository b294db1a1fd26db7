package io.github.moonlibs.discovery.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a procedure, each a JSON value. Numbers stay exact: one with a point or an exponent is a double if a
 * double is written like it, else a decimal. Messages count arguments from 0, as the library does.
 */
final class Arguments {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static final String DESCRIPTION =
            "The arguments of the procedure, each a JSON value, @FILE with one in it, or - for one on standard input.";

    private static final String STANDARD_INPUT = "-";
    private static final String FILE = "@";

    /** A string that was written without quotes. */
    private static final Pattern WORD = Pattern.compile("[^\\s\\[{\"][^\\[{\"]*");

    /** Where an array or object began, which the parser adds without the text's name. */
    private static final Pattern START = Pattern.compile(" \\(start marker at .*", Pattern.DOTALL);

    private static final int SHOWN = 80;
    private static final int MOST_DIGITS = 1_000;
    private static final int REASON_SHOWN = 160;

    private Arguments() {}

    /**
     * Parses each text, or what it stands for: {@code @FILE} is the contents of a file, {@code -} the standard input.
     *
     * @throws IllegalArgumentException if one is not JSON or cannot be read; the message says how to write it
     */
    static List<@Nullable Object> read(List<String> texts, InputStream in) {
        if (texts.stream().filter(STANDARD_INPUT::equals).count() > 1) {
            throw new IllegalArgumentException("expected at most one argument -, which is all of the standard input");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (String text : texts) {
            values.add(parse(values.size(), text(values.size(), text, in)));
        }
        return values;
    }

    /** @throws IllegalArgumentException if one is not JSON; the message says how to write it */
    static List<@Nullable Object> parse(List<String> texts) {
        List<@Nullable Object> values = new ArrayList<>();
        for (String text : texts) {
            values.add(parse(values.size(), text));
        }
        return values;
    }

    private static String text(int index, String text, InputStream in) {
        try {
            if (text.equals(STANDARD_INPUT)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            return text.startsWith(FILE) ? Files.readString(Path.of(text.substring(FILE.length()))) : text;
        } catch (NoSuchFileException none) {
            throw new IllegalArgumentException(
                    "argument " + index + ": " + shown(text) + ": there is no such file", none);
        } catch (IOException | InvalidPathException unreadable) {
            throw new IllegalArgumentException(
                    "argument " + index + ": expected " + shown(text) + " to be readable UTF-8, got "
                            + SafeText.cut(unreadable.toString(), REASON_SHOWN),
                    unreadable);
        }
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
        } catch (ArithmeticException endless) {
            throw new IllegalArgumentException(
                    "argument " + index + ": expected numbers of at most " + MOST_DIGITS
                            + " digits before or behind the point, got " + shown(text),
                    endless);
        } catch (IOException notJson) {
            throw notJson(index, text, notJson);
        }
    }

    private static IllegalArgumentException notJson(int index, String text, IOException why) {
        String expected = "argument " + index + ": expected JSON, got ";
        // a word isn't shown, nor what quotes it: it may be a password that stands in the wrong place
        return WORD.matcher(text).matches()
                ? new IllegalArgumentException(
                        expected + "a word; a string needs double quotes that the shell leaves, as in '\"Ann\"'")
                : new IllegalArgumentException(
                        expected + shown(text) + (why instanceof JsonProcessingException said ? reason(said) : ""),
                        why);
    }

    private static String reason(JsonProcessingException notJson) {
        String reason = SafeText.cut(START.matcher(notJson.getOriginalMessage()).replaceAll(""), REASON_SHOWN);
        return notJson.getLocation() == null
                ? "; " + reason
                : "; line " + notJson.getLocation().getLineNr() + ", column "
                        + notJson.getLocation().getColumnNr() + ": " + reason;
    }

    /** Cuts a long document to its first words. */
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
            case VALUE_NUMBER_FLOAT -> fraction(parser);
            case START_ARRAY -> array(parser);
            default -> object(parser);
        };
    }

    private static Object fraction(JsonParser parser) throws IOException {
        BigDecimal exact = parser.getDecimalValue();
        if (Math.abs((long) exact.scale()) > MOST_DIGITS) {
            // to write it out could fill the memory
            throw new ArithmeticException("a scale of " + exact.scale());
        }
        double rounded = parser.getDoubleValue();
        boolean same = Double.isFinite(rounded) && BigDecimal.valueOf(rounded).compareTo(exact) == 0;
        return same ? (Object) rounded : exact;
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
