package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.iproto.codec.results.IprotoResult;
import io.github.moonlibs.discovery.iproto.connection.IprotoConnection;
import io.github.moonlibs.discovery.iproto.wire.Handshake;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.types.Types;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tarantool's binary protocol over TCP, TLS and Unix sockets. Thread-safe. */
public final class IprotoTransport implements Transport {
    /** Of the options that came last: a client has a transport of its own, and always the same options. */
    private volatile @Nullable Known known;

    private record Known(ClientOptions options, Types types) {}

    /** For {@link java.util.ServiceLoader}. */
    public IprotoTransport() {}

    @Override
    public Connection connect(Endpoint endpoint, ClientOptions options, Listener listener) throws InterruptedException {
        Types types = types(options);
        // on a thread of its own, which an interrupt ends: so one bound holds for all the steps together
        long deadline = System.nanoTime() + options.connectTimeout().toNanos();
        Connecting connecting =
                new Connecting(endpoint, types, listener, deadline, new DialingByOptions(options, deadline));
        boolean through = false;
        try {
            IprotoConnection connection = connecting.start().get(connecting.remainingNanos(), TimeUnit.NANOSECONDS);
            connection.handedOver();
            through = true;
            return connection;
        } catch (ExecutionException e) {
            throw failure(connecting.login(), e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw AttemptException.notSent(
                    connecting.login() + ": not connected within "
                            + options.connectTimeout().toMillis() + " ms, while " + connecting.step(),
                    null);
        } finally {
            if (!through) {
                // whatever ended the wait, an Error included
                connecting.cancel();
            }
        }
    }

    @Override
    public Result resultOf(List<?> values, ClientOptions options) {
        return IprotoResult.of(types(options), values);
    }

    @SuppressWarnings("ReferenceEquality") // other options that are equal are no reason to remember both
    private Types types(ClientOptions options) {
        Known present = known;
        if (present == null || present.options() != options) {
            present = new Known(options, Types.of(options));
            known = present;
        }
        return present.types();
    }

    @Override
    public void warmUp() {
        types(Rehearsal.OPTIONS);
        Rehearsal.make();
    }

    private static AttemptException failure(Endpoint login, Throwable cause) {
        if (cause instanceof Handshake.RefusedException refused) {
            return new ServerException(login.toString(), refused.error());
        }
        // an error's own message may be no more than the name of a class
        String message = cause instanceof Error || cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return AttemptException.notSent(login + ": " + message, cause);
    }
}
