package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.io.IOException;
import java.util.Arrays;

/** The first bytes from a server. */
public final class GreetingTarget implements Target {
    @Override
    public String name() {
        return "greeting";
    }

    @Override
    public boolean read(byte[] input) {
        byte[] bytes = Arrays.copyOf(input, Greeting.SIZE);
        try {
            Greeting.check(bytes, Math.min(input.length, Greeting.SIZE), false);
            Greeting greeting = Greeting.parse(bytes);
            return !greeting.server().isEmpty() && greeting.scramble("password").length > 0;
        } catch (IOException refused) {
            return Refusal.check(refused);
        }
    }
}
