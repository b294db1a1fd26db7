package io.github.moonlibs.discovery.iproto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What decides an exchange, and what comes too late. */
class ExchangeTest {
    private static final byte[] REQUEST = Request.ping();

    private static Exchange exchange() {
        return Exchange.of(REQUEST, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    }

    @Test
    void whatIsWithdrawnIsNeverSentAndWhatIsAbandonedTakesNoReply() throws Exception {
        Exchange withdrawn = exchange();
        withdrawn.expire();
        assertThat(withdrawn.await()).isEqualTo(Exchange.State.WITHDRAWN);
        assertThat(withdrawn.send()).isFalse();
        Exchange abandoned = exchange();
        assertThat(abandoned.send()).isTrue();
        abandoned.expire();
        assertThat(abandoned.await()).isEqualTo(Exchange.State.ABANDONED);
        assertThat(abandoned.deliver(ServerPacket.decode(new byte[] {(byte) 0x80})))
                .isFalse();
    }
}
