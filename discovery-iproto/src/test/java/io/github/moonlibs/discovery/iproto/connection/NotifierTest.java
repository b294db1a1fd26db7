package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotifierTest {
    private final List<String> heard = new ArrayList<>();
    private final Notifier notifier = new Notifier(Endpoint.parse("a:1"), new Transport.Listener() {
        @Override
        public void closed(String reason) {
            heard.add(reason + " on " + Thread.currentThread().getName());
            throw new IllegalStateException("a listener's own affair");
        }

        @Override
        public void shutdownAnnounced() {
            heard.add("shutdown on " + Thread.currentThread().getName());
        }
    });

    /** A thread that had to be started might get no carrier, while calls go to a node that has gone. */
    @Test
    void newsNeedNoOtherThread() {
        notifier.handedOver(true);
        notifier.shutdownAnnounced();
        notifier.closed("lost");
        String here = Thread.currentThread().getName();
        assertThat(heard).containsExactly("shutdown on " + here, "lost on " + here);
    }

    @Test
    void newsOfAConnectionThatNobodyHasYetComeWithIt() {
        notifier.closed("lost");
        assertThat(heard).isEmpty();
        notifier.handedOver(true);
        assertThat(heard).hasSize(1);
    }

    @Test
    void nobodyHearsOfAConnectionThatWasDiscarded() {
        notifier.handedOver(false);
        notifier.closed("discarded");
        assertThat(heard).isEmpty();
    }
}
