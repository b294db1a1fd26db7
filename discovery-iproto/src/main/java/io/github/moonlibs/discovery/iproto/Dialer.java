package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
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
            return new UnixWire(String.valueOf(path));
        }
        progress.at("looking up " + host);
        Socket tcp = connect(Resolver.resolve(host), progress);
        try {
            if (ssl == null) {
                return new SocketWire(tcp, tcp);
            }
            progress.at("shaking hands for TLS");
            return new SocketWire(tcp, overTls(tcp, host, ssl));
        } catch (IOException | RuntimeException e) {
            tcp.close();
            throw e;
        }
    }

    /** Tries one address after another, each for its share of the time left: the first may be a black hole. */
    private Socket connect(InetAddress[] addresses, Progress progress) throws IOException {
        StringJoiner failures = new StringJoiner("; ");
        for (int i = 0; i < addresses.length; i++) {
            progress.at("connecting to " + addresses[i].getHostAddress());
            long share = (deadline - System.nanoTime()) / (addresses.length - i);
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                int millis = Math.clamp(share / 1_000_000, 1, Integer.MAX_VALUE);
                socket.connect(new InetSocketAddress(addresses[i], endpoint.port()), millis);
                return socket;
            } catch (IOException e) {
                socket.close();
                failures.add(addresses[i].getHostAddress() + ": " + e.getMessage());
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        throw new ConnectException("cannot connect (" + failures + ")");
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
