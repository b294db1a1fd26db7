package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.iproto.connection.IprotoConnection;
import io.github.moonlibs.discovery.iproto.wire.BriefThreads;
import io.github.moonlibs.discovery.iproto.wire.Handshake;
import io.github.moonlibs.discovery.iproto.wire.Progress;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A connection in the making, on a thread of its own. The methods are for the one who waits for it. */
final class Connecting {
    /** Connects and logs in. */
    interface Dialing {
        /** Whom to log in as: the endpoint with its credentials. */
        default Endpoint login(Endpoint endpoint, Progress progress) throws IOException {
            return endpoint;
        }

        /** Of how many loops one may serve the connection. */
        default int ioThreads() {
            return 1;
        }

        /** Which threads can run it. */
        default BriefThreads threads() {
            return BriefThreads.PLATFORM;
        }

        Handshake dial(Endpoint login, Progress progress)
                throws IOException, Handshake.RefusedException, InterruptedException;
    }

    private final Types types;
    private final Dialing dialing;
    private final Transport.Listener listener;
    private final long deadline;
    private final CompletableFuture<IprotoConnection> connected = new CompletableFuture<>();
    private @Nullable Thread thread;
    private volatile Endpoint login;
    private volatile String step = "starting";

    /** @param deadline on the clock of {@link System#nanoTime} */
    Connecting(Endpoint endpoint, Types types, Transport.Listener listener, long deadline, Dialing dialing) {
        this.login = endpoint;
        this.types = types;
        this.dialing = dialing;
        this.listener = listener;
        this.deadline = deadline;
    }

    Future<IprotoConnection> start() {
        thread = dialing.threads().start("discovery-connect " + login.address(), this::run);
        return connected;
    }

    long remainingNanos() {
        return deadline - System.nanoTime();
    }

    /** What is under way. */
    String step() {
        return step;
    }

    /** The caller no longer waits: whatever is open closes, and the listener is not notified. */
    void cancel() {
        if (connected.cancel(false)) {
            Thread started = thread;
            if (started != null) {
                started.interrupt();
            }
        } else if (connected.state() == Future.State.SUCCESS) {
            connected.resultNow().discard();
        }
    }

    private void run() {
        Handshake handshake = null;
        IprotoConnection connection = null;
        boolean taken = false;
        try {
            Endpoint as = dialing.login(login, this::reached);
            login = as;
            handshake = dialing.dial(as, this::reached);
            connection = new IprotoConnection(as, handshake, types, listener, dialing.ioThreads());
            connection.start();
            taken = connected.complete(connection);
        } catch (InterruptedException | IOException | Handshake.RefusedException | RuntimeException | Error e) {
            connected.completeExceptionally(e);
        } finally {
            if (!taken && connection != null) {
                connection.discard();
            } else if (!taken && handshake != null) {
                handshake.wire().close();
            }
        }
    }

    /** Where it connects to, and as whom, as far as it is known yet. */
    Endpoint login() {
        return login;
    }

    private void reached(String next) {
        step = next;
    }
}
