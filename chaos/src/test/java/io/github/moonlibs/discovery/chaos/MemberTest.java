package io.github.moonlibs.discovery.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node writes down, on a real one. */
@Timeout(600)
class MemberTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void tarantoolIsInstalled() {
        assumeTrue(TarantoolServer.isAvailable(Via.LOCAL), "no Tarantool on this machine");
    }

    @Test
    void whatANodeExecutedSurvivesItsKill() throws Exception {
        try (Member member = Member.start("n1", "127.0.7.9", folder)) {
            assertThat(member.server().eval("return chaos.get(1, 'a', 0)").subList(0, 3))
                    .containsExactly(1L, Payload.hash("a"), "n1");
            assertThatThrownBy(() -> member.server().eval("return chaos.causes(2, 'b', 0)"))
                    .hasMessageContaining("cause 200");
            member.server().kill().restart();
            member.server().eval("return chaos.put(3, 'c', 0)");

            assertThat(member.journal().executions())
                    .extracting(Execution::node, Execution::number, Execution::hash)
                    .containsExactly(
                            tuple("n1", 1L, Payload.hash("a")),
                            tuple("n1", 2L, Payload.hash("b")),
                            tuple("n1", 3L, Payload.hash("c")));
        }
    }

    @Test
    void witnessAndFloodSpeakToANode() throws Exception {
        try (Member member = Member.start("n1", "127.0.7.9", folder);
                Wire wire = new Wire(member.host(), member.port(), 60_000)) {
            wire.ping();
            wire.send("chaos.sleep", 0, 0.001);
            wire.skipReply();
            assertThat(member.server().calls("chaos.sleep")).isEqualTo(1);
        }
    }
}
