package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.StringJoiner;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Opens the wire to an endpoint. An interrupt of the virtual thread that it runs on ends it and closes what it opened. */
final class Dialer {
    private final Endpoint endpoint;
    private final @Nullable SSLContext ssl;
    private final long deadline;

    /** @param deadline on the clock of {@link System#nanoTime} */
    Dialer(Endpoint endpoint, @Nullable SSLContext ssl, long deadline) {
        this.endpoint = endpoint;
        this.ssl = ssl;
        this.deadline = deadline;
    }

    /** @param progress is told what is under way */
    Wire dial(Progress progress) throws IOException, InterruptedException {
        String path = endpoint.path();
        String host = endpoint.host();
        if (path != null || host == null) {
            progress.at("connecting");
            return overUnixSocket(String.valueOf(path));
        }
        progress.at("looking up " + host);
        SocketChannel channel = connect(Resolver.resolve(host), progress);
        try {
            Socket tcp = channel.socket();
            String local = localAddress(tcp);
            if (ssl == null) {
                return new ChannelWire(channel, local);
            }
            progress.at("shaking hands for TLS");
            return new TlsWire(tcp, overTls(tcp, host, ssl), local);
        } catch (IOException | RuntimeException e) {
            channel.close();
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

    /** Tries one address after another, each for its share of the time left: the first may be a black hole. */
    private SocketChannel connect(InetAddress[] addresses, Progress progress) throws IOException {
        StringJoiner failures = new StringJoiner("; ");
        for (int i = 0; i < addresses.length; i++) {
            progress.at("connecting to " + addresses[i].getHostAddress());
            long share = (deadline - System.nanoTime()) / (addresses.length - i);
            SocketChannel channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                int millis = Math.clamp(share / 1_000_000, 1, Integer.MAX_VALUE);
                channel.socket().connect(new InetSocketAddress(addresses[i], endpoint.port()), millis);
                return channel;
            } catch (IOException e) {
                channel.close();
                failures.add(addresses[i].getHostAddress() + ": " + e.getMessage());
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        throw new ConnectException("cannot connect (" + failures + ")");
    }

    private static String localAddress(Socket tcp) {
        String host = tcp.getLocalAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + tcp.getLocalPort();
    }

    private static SSLSocket overTls(Socket tcp, String host, SSLContext ssl) throws IOException {
        SSLSocket socket = (SSLSocket) ssl.getSocketFactory().createSocket(tcp, host, tcp.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!Resolver.isLiteral(host)) {
            // by itself the JDK names the server only if there is a dot in the name
            parameters.setServerNames(serverNames(host));
        }
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            throw new IOException(
                    "expected a TLS server with a certificate for " + host + ", got: " + e.getMessage(), e);
        }
        return socket;
    }

    private static List<SNIServerName> serverNames(String host) {
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException notByTheRules) {
            // resolvers take an underscore, the extension does not
            return List.of();
        }
    }

    /** What is told how far connecting has come. */
    interface Progress {
        void at(String step);
    }
}
