package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** An application that runs out of memory for a while goes on calling afterwards. */
class ExhaustedHeapTest {
    @Test
    void callsEndAndConnectionsComeBackHoweverOftenTheHeapIsFull() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start()) {
            String said = ChildJvm.run(
                    ExhaustedHeap.class,
                    List.of("-Xmx96m", "-XX:+UseSerialGC"),
                    tarantool.endpoint().toString());
            assertThat(said.lines().toList().getLast()).as(said).isEqualTo("well");
        }
    }
}
