package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers of an option, with a message that needs no knowledge of Java's types. */
record WholeNumbers<T>(Function<String, T> parse) implements ITypeConverter<T> {
    private static final int SHOWN = 40;

    @Override
    public T convert(String text) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException notOne) {
            throw new TypeConversionException("expected a whole number, got " + SafeText.cut(text, SHOWN));
        }
    }
}
