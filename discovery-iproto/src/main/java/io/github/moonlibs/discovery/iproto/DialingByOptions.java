package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Credentials;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.iproto.wire.BriefThreads;
import io.github.moonlibs.discovery.iproto.wire.Dialer;
import io.github.moonlibs.discovery.iproto.wire.Handshake;
import io.github.moonlibs.discovery.iproto.wire.Progress;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Connects as the options of a client say.
 *
 * @param deadline on the clock of {@link System#nanoTime}
 */
record DialingByOptions(ClientOptions options, long deadline) implements Connecting.Dialing {
    @Override
    public Endpoint login(Endpoint endpoint, Progress progress) throws IOException {
        Supplier<Credentials> supplier = options.credentials();
        if (endpoint.user() != null || supplier == null) {
            return endpoint;
        }
        progress.at("asking for the credentials");
        Credentials credentials;
        try {
            credentials = supplier.get();
        } catch (RuntimeException e) {
            throw new IOException("the supplier of credentials threw " + e, e);
        }
        if (credentials == null) {
            throw new IOException("the supplier of credentials: expected a user and a password, got null");
        }
        return endpoint.withCredentials(credentials.user(), credentials.password());
    }

    @Override
    public int ioThreads() {
        return options.ioThreads();
    }

    @Override
    public BriefThreads threads() {
        return BriefThreads.of(options);
    }

    @Override
    public Handshake dial(Endpoint login, Progress progress)
            throws IOException, Handshake.RefusedException, InterruptedException {
        return new Dialer(login, options, deadline).dial(progress);
    }
}
