package io.github.moonlibs.discovery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import picocli.CommandLine.TypeConversionException;

/** Times of the command line. */
public final class TimesTarget implements Target {
    @Override
    public String name() {
        return "times";
    }

    @Override
    public boolean read(byte[] input) {
        try {
            return new Times().convert(new String(input, UTF_8)).isPositive();
        } catch (TypeConversionException refused) {
            return Refusal.check(refused);
        }
    }
}
