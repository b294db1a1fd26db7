package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of a connection, and a step of it that there is no memory for. */
class EndingTest {
    private final List<String> taken = new ArrayList<>();
    private boolean noMemory = true;

    @Test
    void goesOnWhenItIsBegunAgain() {
        Ending ending = new Ending(
                () -> taken.add("first"),
                () -> {
                    if (noMemory) {
                        throw new OutOfMemoryError("expected by the test");
                    }
                    return taken.add("second");
                },
                () -> taken.add("third"));
        assertThat(catchThrowable(() -> ending.begin("closed by the server", null)))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(taken).containsExactly("first");
        noMemory = false;
        assertThat(ending.begin("the loop has ended", null)).isFalse();
        assertThat(taken).containsExactly("first", "second", "third");
        assertThat(ending.reason().text()).isEqualTo("closed by the server");
    }
}
