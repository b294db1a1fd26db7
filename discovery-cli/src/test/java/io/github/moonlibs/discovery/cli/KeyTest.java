package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTest {
    private static List<Key> keys(String typed) throws IOException {
        InputStream in = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
        List<Key> keys = new ArrayList<>();
        for (Key key = Key.read(in); key != null; key = Key.read(in)) {
            keys.add(key);
        }
        return keys;
    }

    @Test
    void lettersAndTheSequencesOfTerminalsAreRead() throws IOException {
        assertThat(keys("jk bgGqx"))
                .containsExactly(
                        Key.DOWN, Key.UP, Key.PAGE_DOWN, Key.PAGE_UP, Key.TOP, Key.BOTTOM, Key.QUIT, Key.OTHER);
        assertThat(keys("\033[A\033OB\033[5~\033[6~\033[H\033[4~"))
                .containsExactly(Key.UP, Key.DOWN, Key.PAGE_UP, Key.PAGE_DOWN, Key.TOP, Key.BOTTOM);
    }

    @Test
    void aLongSequenceIsOneKey() throws IOException {
        assertThat(keys("\033[1;5Cq\033xq"))
                .endsWith(Key.QUIT, Key.OTHER, Key.QUIT)
                .hasSize(4);
    }
}
