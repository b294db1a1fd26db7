package io.github.moonlibs.discovery.core.support;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BoundedLogTest {
    private final List<String> lines = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private final System.Logger logger = new System.Logger() {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != DEBUG;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            lines.add(message);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object @Nullable ... values) {
            lines.add(format);
        }
    };
    private final BoundedLog log = new BoundedLog(new Log(logger), clock);

    private void write(String topic, String text) {
        log.write(INFO, topic, text, null);
    }

    @Test
    void whatFlapsIsAFewLinesAndThenOneAMinuteWithTheNumberOfTheOthers() {
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 4; i++) {
                write("silent", "a is silent: no reply within " + (100 + i) + " ms");
                write("serving", "a is serving");
                clock.advance(Duration.ofMillis(250));
                log.tick();
            }
        }

        assertThat(lines).hasSizeLessThanOrEqualTo(2 * (3 + 10));
        assertThat(lines.subList(0, 6))
                .containsExactly(
                        "a is silent: no reply within 100 ms",
                        "a is serving",
                        "a is silent: no reply within 101 ms",
                        "a is serving",
                        "a is silent: no reply within 102 ms",
                        "a is serving");
        assertThat(lines.get(6))
                .isEqualTo("a is silent: no reply within 103 ms, and 236 more like it in the last minute");
        assertThat(lines.get(7)).isEqualTo("a is serving, and 236 more like it in the last minute");
    }

    @Test
    void theFirstLineOfANewKindIsNeverHeldBack() {
        for (int i = 0; i < 1_000; i++) {
            write("silent", "a is silent: error " + i);
        }
        write("silent", "a is silent: out of disk");
        write("down", "a is down: error 7");

        assertThat(lines)
                .containsExactly(
                        "a is silent: error 0",
                        "a is silent: error 1",
                        "a is silent: error 2",
                        "a is silent: out of disk",
                        "a is down: error 7");
    }

    @Test
    void theLastLineOfAKindIsLoggedInTheEnd() {
        for (int i = 0; i < 10; i++) {
            write("silent", "silent " + i);
            write("serving", "serving " + i);
        }
        lines.clear();

        log.tick();
        assertThat(lines).isEmpty();
        clock.advance(Duration.ofSeconds(61));
        log.tick();
        log.tick();

        assertThat(lines)
                .containsExactly(
                        "silent 9, and 6 more like it in the last minute",
                        "serving 9, and 6 more like it in the last minute");
    }

    @Test
    void nothingIsHeldBackBeyondTheEnd() {
        for (int i = 0; i < 5; i++) {
            write("t", "x " + i);
        }
        log.end();

        assertThat(lines).containsExactly("x 0", "x 1", "x 2", "x 4, and 1 more like it in the last minute");
    }

    @Test
    void aSingleLineThatWasHeldBackIsLoggedAsItIs() {
        for (int i = 0; i < 4; i++) {
            write("t", "x " + i);
        }
        clock.advance(Duration.ofMinutes(5));
        log.tick();

        assertThat(lines).containsExactly("x 0", "x 1", "x 2", "x 3");
    }

    @Test
    void aLongSilenceIsNamed() {
        for (int i = 0; i < 100; i++) {
            write("t", "x " + i);
        }
        clock.advance(Duration.ofMinutes(5));
        write("t", "x 100");

        assertThat(lines.subList(3, lines.size())).containsExactly("x 99, and 96 more like it in the last 5 minutes");
    }

    @Test
    void wordsThatNeverRepeatAreBoundedToo() {
        Random random = new Random(1);
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 10; i++) {
                StringBuilder word = new StringBuilder();
                random.ints(20, 'a', 'z' + 1).forEach(c -> word.append((char) c));
                write("problem", "a: announcement: method " + word + " left out");
            }
            clock.advance(Duration.ofSeconds(1));
            log.tick();
        }
        assertThat(lines).hasSizeLessThan(100);

        write("serving", "a is serving");
        assertThat(lines).last().isEqualTo("a is serving");
    }

    @Test
    void aQuietMinuteLetsAFewLinesThroughAgain() {
        for (int minute = 0; minute < 5; minute++) {
            for (int i = 0; i < 3; i++) {
                write("t", "restart " + i);
            }
            clock.advance(Duration.ofMinutes(2));
        }

        assertThat(lines).hasSize(15).noneMatch(line -> line.contains("more like it"));
    }

    @Test
    void whatNobodyLogsIsNotCounted() {
        for (int i = 0; i < 10; i++) {
            log.write(DEBUG, "t", "x", null);
        }
        log.write(WARNING, "t", "x", null);

        assertThat(lines).containsExactly("x");
    }
}
