package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** An application that has no file descriptor left keeps the connections that it has. */
class FewDescriptorsTest {
    @Test
    void callsGoOnWithoutADescriptorToWaitWith() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start()) {
            String said = ChildJvm.runWithDescriptors(
                    150, FewDescriptors.class, tarantool.endpoint().toString());
            assertThat(said.lines().toList().getLast()).as(said).isEqualTo("well");
        }
    }
}
