package io.github.moonlibs.discovery.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A terminal of any size, or none, on which these keys are pressed. Every password that it asks for is {@code entered}. */
record FakeTerminal(boolean isInteractive, Size size, List<Key> keys) implements Terminal {
    static final FakeTerminal NONE = new FakeTerminal(false, new Size(80, 24));

    FakeTerminal(boolean isInteractive, Size size) {
        this(isInteractive, size, List.of());
    }

    @Override
    public String ask(String prompt) {
        return "entered";
    }

    @Override
    public Keyboard keyboard() {
        Queue<Key> left = new ArrayDeque<>(keys);
        return new Keyboard() {
            @Override
            public @Nullable Key await(Duration time) {
                return left.poll();
            }

            @Override
            public void close() {
                left.clear();
            }
        };
    }
}
