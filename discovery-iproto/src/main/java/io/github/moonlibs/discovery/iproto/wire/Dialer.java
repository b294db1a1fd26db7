package io.github.moonlibs.discovery.iproto.wire;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Connects and logs in. An interrupt of the {@link BriefThreads} that it runs on ends it and closes what it opened. */
public final class Dialer {
    private final Endpoint login;
    private final ClientOptions options;
    private final long deadline;

    /**
     * @param login names the user and the password
     * @param deadline on the clock of {@link System#nanoTime}
     */
    public Dialer(Endpoint login, ClientOptions options, long deadline) {
        this.login = login;
        this.options = options;
        this.deadline = deadline;
    }

    /** Connects to whichever address of the endpoint answers first. */
    public Handshake dial(Progress progress) throws IOException, Handshake.RefusedException, InterruptedException {
        String path = login.path();
        String host = login.host();
        if (path != null || host == null) {
            progress.at("connecting");
            return logIn(overUnixSocket(String.valueOf(path)), progress);
        }
        progress.at("looking up " + host);
        List<InetAddress> addresses = AddressRace.order(Resolver.resolve(host));
        return addresses.size() == 1
                ? dial(host, addresses.getFirst(), progress)
                : new AddressRace(
                                addresses,
                                (address, step) -> dial(host, address, step),
                                progress,
                                BriefThreads.of(options))
                        .run();
    }

    /** Takes the steps that need no server; returns this side's address. */
    public static String rehearse(String host) throws IOException, InterruptedException {
        AddressRace.order(Resolver.resolve(host));
        try (SocketChannel channel = open()) {
            return localAddress(channel.socket());
        }
    }

    private Handshake dial(String host, InetAddress address, Progress progress)
            throws IOException, Handshake.RefusedException {
        return logIn(overTcp(host, address, progress), progress);
    }

    private Handshake logIn(Wire wire, Progress progress) throws IOException, Handshake.RefusedException {
        try {
            return Handshake.open(wire, login, options, progress);
        } catch (IOException | Handshake.RefusedException | RuntimeException | Error e) {
            wire.close();
            throw e;
        }
    }

    private static Wire overUnixSocket(String path) throws IOException {
        try {
            // this end has no name of its own
            return new ChannelWire(SocketChannel.open(UnixDomainSocketAddress.of(path)), "unix/:" + path);
        } catch (IOException e) {
            throw new ConnectException("cannot connect (" + e.getMessage() + ")");
        }
    }

    private Wire overTcp(String host, InetAddress address, Progress progress) throws IOException {
        SocketChannel channel = connect(address, progress);
        try {
            String local = localAddress(channel.socket());
            Supplier<SSLContext> ssl = options.ssl();
            boolean secure = login.security() == Endpoint.Security.SSL
                    || (ssl != null && login.security() == Endpoint.Security.AS_CONFIGURED);
            if (!secure) {
                return new ChannelWire(channel, local);
            }
            progress.at("shaking hands for TLS");
            return overTls(channel, host, context(ssl), local);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static SSLContext context(@Nullable Supplier<SSLContext> supplier) throws IOException {
        try {
            return supplier == null ? SSLContext.getDefault() : supplier.get();
        } catch (RuntimeException | GeneralSecurityException e) {
            throw new IOException("no TLS: " + e.getMessage(), e);
        }
    }

    private SocketChannel connect(InetAddress address, Progress progress) throws IOException {
        progress.at("connecting to " + address.getHostAddress());
        SocketChannel channel = open();
        try {
            int millis = Math.clamp((deadline - System.nanoTime()) / 1_000_000, 1, Integer.MAX_VALUE);
            channel.socket().connect(new InetSocketAddress(address, login.port()), millis);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new ConnectException("cannot connect (" + address.getHostAddress() + ": " + e.getMessage() + ")");
        }
    }

    /** A channel that is not connected yet. */
    private static SocketChannel open() throws IOException {
        return SocketChannel.open()
                .setOption(StandardSocketOptions.TCP_NODELAY, true)
                .setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    private static String localAddress(Socket tcp) {
        String host = tcp.getLocalAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + tcp.getLocalPort();
    }

    private static Wire overTls(SocketChannel channel, String host, SSLContext ssl, String local) throws IOException {
        SSLEngine engine = ssl.createSSLEngine(host, channel.socket().getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!Resolver.isLiteral(host)) {
            // by itself the JDK names the server only if there is a dot in the name
            parameters.setServerNames(serverNames(host));
        }
        engine.setSSLParameters(parameters);
        TlsWire wire = new TlsWire(channel, engine, local);
        try {
            wire.shakeHands();
        } catch (IOException e) {
            throw new IOException(
                    "expected a TLS server with a certificate for " + host + ", got: " + e.getMessage(), e);
        }
        return wire;
    }

    private static List<SNIServerName> serverNames(String host) {
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException notByTheRules) {
            // resolvers take an underscore, the extension does not
            return List.of();
        }
    }
}
