package io.github.moonlibs.discovery.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON, in one line. Values that JSON has no type for are strings: uuid, datetime (ISO 8601), decimal
 * (all its digits), binary (base64), numbers that are not finite. Times are milliseconds.
 */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static String line(Map<String, ? extends @Nullable Object> object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            write(json, object);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return SafeText.json(text.toString());
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Boolean flag -> json.writeBoolean(flag);
            case Long number -> json.writeNumber(number);
            case Integer number -> json.writeNumber(number);
            case BigInteger number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case BigDecimal decimal -> json.writeString(decimal.toPlainString());
            case byte[] bytes -> json.writeString(Base64.getEncoder().encodeToString(bytes));
            case Duration time -> json.writeNumber(Math.round(time.toNanos() / 1e3) / 1e3);
            case Map<?, ?> map -> object(json, map);
            case Collection<?> list -> array(json, list);
            case Interval interval -> object(json, fields(interval));
            case TarantoolError error -> object(json, fields(error));
            case Extension extension -> json.writeString(text(extension));
            default -> json.writeString(value.toString());
        }
    }

    /** As an extension is shown, with all of its bytes. */
    private static String text(Extension extension) {
        byte[] bytes = new byte[extension.data().remaining()];
        extension.data().get(bytes);
        return "ext(" + extension.type() + ", " + HexFormat.of().formatHex(bytes) + ")";
    }

    private static void object(JsonGenerator json, Map<?, ?> map) throws IOException {
        json.writeStartObject();
        for (Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(name(entry.getKey()));
            write(json, entry.getValue());
        }
        json.writeEndObject();
    }

    private static String name(@Nullable Object key) {
        // the text of a list within a list would be copied once for each level
        return key instanceof Collection<?> || key instanceof Map<?, ?> ? ValueText.line(key) : String.valueOf(key);
    }

    private static void array(JsonGenerator json, Collection<?> list) throws IOException {
        json.writeStartArray();
        for (Object element : list) {
            write(json, element);
        }
        json.writeEndArray();
    }

    /** An interval's units, except those that are zero. */
    static Map<String, Object> fields(Interval interval) {
        Map<String, Object> units = new LinkedHashMap<>();
        units.put("years", interval.years());
        units.put("months", interval.months());
        units.put("weeks", interval.weeks());
        units.put("days", interval.days());
        units.put("hours", interval.hours());
        units.put("minutes", interval.minutes());
        units.put("seconds", interval.seconds());
        units.put("nanoseconds", interval.nanoseconds());
        units.values().removeIf(unit -> unit.equals(0L));
        return units;
    }

    private static Map<String, @Nullable Object> fields(TarantoolError error) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("code", error.code());
        fields.put("type", error.type());
        fields.put("message", error.message());
        fields.put("cause", error.cause());
        return fields;
    }
}
