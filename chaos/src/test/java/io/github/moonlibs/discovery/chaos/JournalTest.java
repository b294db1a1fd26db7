package io.github.moonlibs.discovery.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final String HASH = "0123456789abcdef0123456789abcdef";

    @Test
    void linesThatAKillCutShortAreCounted() throws IOException {
        String text = "\n1 " + HASH + " 17.1\n2 " + HASH + " 17.2\n3 0123\n\n4 " + HASH + " 18.1\n";

        Journal journal = Journal.read("n1", new BufferedReader(new StringReader(text)));

        assertThat(journal.executions())
                .containsExactly(
                        new Execution("n1", 1, HASH, "17.1"),
                        new Execution("n1", 2, HASH, "17.2"),
                        new Execution("n1", 4, HASH, "18.1"));
        assertThat(journal.torn()).isEqualTo(1);
    }
}
