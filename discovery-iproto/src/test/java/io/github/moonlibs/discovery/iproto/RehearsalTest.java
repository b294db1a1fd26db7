package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a connection and a call need is loaded before their time runs. */
class RehearsalTest {
    /** One of the transport's own classes, as the JVM logs that it loads it. What it makes for lambdas is no file's. */
    private static final Pattern LOADED =
            Pattern.compile("io\\.github\\.moonlibs\\.discovery\\.iproto\\.[\\w.$]+(?= source: file)");

    @Test
    void afterTheWarmUpAConnectionLoadsNoClassButTheSocketsOwn() throws Exception {
        FakeServer.Script script = peer -> {
            peer.greet();
            peer.reply(peer.next());
            peer.reply(peer.next(), "well");
            peer.awaitEnd();
        };
        try (FakeServer server = new FakeServer(script)) {
            String said =
                    ChildJvm.run(Rehearsed.class, List.of("-Xlog:class+load"), "test:secret@" + server.endpoint());

            assertThat(said).contains(Rehearsed.BEGIN, Rehearsed.END + " well");
            String afterwards = said.substring(said.indexOf(Rehearsed.BEGIN), said.indexOf(Rehearsed.END + " well"));
            assertThat(LOADED.matcher(afterwards).results().map(MatchResult::group))
                    .as(afterwards)
                    .containsExactly("io.github.moonlibs.discovery.iproto.wire.ChannelWire");
        }
    }
}
