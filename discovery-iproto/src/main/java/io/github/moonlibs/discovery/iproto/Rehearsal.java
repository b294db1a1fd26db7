package io.github.moonlibs.discovery.iproto;

import static java.lang.System.Logger.Level.DEBUG;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.iproto.wire.Dialer;
import io.github.moonlibs.discovery.iproto.wire.Handshake;
import io.github.moonlibs.discovery.iproto.wire.Progress;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connects to a server in memory, logs in and calls it, once in a process: so that what a connection and a call load and link
 * is there before the first timeout runs. That takes more of the processor than all the rest of them. It is the real code
 * but for the socket, and leaves nothing behind.
 */
final class Rehearsal {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");

    /** It ends by itself; this is for a defect. */
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(5);

    /** Of a client that there isn't. */
    static final ClientOptions OPTIONS = ClientOptions.builder()
            .endpoints("127.0.0.1:1")
            .credentials("rehearsal", "rehearsal")
            .build();

    private static final FutureTask<?> ONCE = new FutureTask<>(Rehearsal::play, null);

    private Rehearsal() {}

    /** Makes it, unless it has been made; an interrupt ends it, and stays set. */
    static void make() {
        ONCE.run();
        try {
            ONCE.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException defect) {
            failed(defect);
        }
    }

    private static void play() {
        Endpoint endpoint = Endpoint.parse("127.0.0.1:1");
        long deadline = System.nanoTime() + LONGEST;
        Connecting connecting = new Connecting(endpoint, Types.plain(), new NoOwner(), deadline, new Dialing(deadline));
        try {
            connecting
                    .start()
                    .get(LONGEST, TimeUnit.NANOSECONDS)
                    .call("rehearsal", List.of(Map.of("text", 1)), LONGEST)
                    .get(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException | LinkageError defect) {
            failed(defect);
        } finally {
            // whatever has become of it: one that is established is closed
            connecting.cancel();
        }
    }

    /** The login of a client, and a server in memory. */
    private record Dialing(Connecting.Dialing byOptions) implements Connecting.Dialing {
        Dialing(long deadline) {
            this(new DialingByOptions(OPTIONS, deadline));
        }

        @Override
        public Endpoint login(Endpoint endpoint, Progress progress) throws IOException {
            return byOptions.login(endpoint, progress);
        }

        @Override
        public Handshake dial(Endpoint login, Progress progress)
                throws IOException, Handshake.RefusedException, InterruptedException {
            String local = Dialer.rehearse(String.valueOf(login.host()));
            return Handshake.open(new RehearsedWire(local), login, OPTIONS, progress);
        }
    }

    /** It serves the first connection's speed alone. */
    private static void failed(Throwable defect) {
        LOG.log(DEBUG, "the rehearsal has failed", defect);
    }

    private static final class NoOwner implements Transport.Listener {
        @Override
        public void closed(String reason) {}

        @Override
        public void shutdownAnnounced() {}
    }
}
