package io.github.moonlibs.discovery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a Tarantool instance listens, and the user to log in as: {@code host:port}, {@code [v6]:port} or {@code
 * unix/:/path}, each optionally after {@code user:password@}. Host names are not resolved here but at every connect.
 * Immutable and thread-safe; two endpoints are equal if address, user and password are.
 *
 * @param host the host name or literal address, without brackets; null for a Unix socket
 * @param port 1 to 65535; 0 for a Unix socket
 * @param path the file of a Unix socket; null for TCP
 * @param user the user to log in as; null: the server's guest
 * @param password null counts as empty
 */
public record Endpoint(
        @Nullable String host,
        int port,
        @Nullable String path,
        @Nullable String user,
        @Nullable String password) {
    private static final String EXPECTED =
            "expected host:port, [v6]:port or unix/:/path, each optionally after " + "user:password@";
    private static final String UNIX = "unix/:";
    private static final Pattern TCP = Pattern.compile("(?:\\[([^\\[\\]\\s]+)]|([^\\[\\]:/@\\s]+)):(\\d{1,5})");

    /** @throws IllegalArgumentException if this is neither a TCP address nor a Unix socket */
    public Endpoint {
        boolean tcp = host != null && !host.isEmpty() && port >= 1 && port <= 65_535 && path == null;
        boolean unix = host == null && port == 0 && path != null && path.startsWith("/");
        if (!tcp && !unix) {
            throw new IllegalArgumentException("endpoint host " + host + ", port " + port + ", path " + path
                    + ": expected either a host with a port from 1 to 65535, or the absolute path of a Unix socket");
        }
        if (user == null && password != null) {
            throw new IllegalArgumentException("endpoint " + host + ": a password without a user");
        }
    }

    /**
     * Reads an endpoint. What comes before the last {@code @} of a TCP address is user and password, taken literally;
     * the first colon separates the two.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected and never contains the password
     */
    public static Endpoint parse(String text) {
        int at = text.startsWith(UNIX)
                ? -1
                : text.contains("@" + UNIX) ? text.indexOf("@" + UNIX) : text.lastIndexOf('@');
        String address = text.substring(at + 1);
        String user = null;
        String password = null;
        if (at >= 0) {
            int colon = text.indexOf(':');
            user = text.substring(0, colon < 0 || colon > at ? at : colon);
            password = colon < 0 || colon > at ? null : text.substring(colon + 1, at);
            if (user.isEmpty()) {
                throw new IllegalArgumentException("endpoint ***@" + address + ": the user is empty; " + EXPECTED);
            }
        }
        if (address.startsWith(UNIX + "/")) {
            return new Endpoint(null, 0, address.substring(UNIX.length()), user, password);
        }
        Matcher tcp = TCP.matcher(address);
        int port = tcp.matches() ? Integer.parseInt(tcp.group(3)) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("endpoint \"" + address + "\": " + EXPECTED);
        }
        return new Endpoint(tcp.group(1) != null ? tcp.group(1) : tcp.group(2), port, null, user, password);
    }

    /** The same address with other credentials. */
    public Endpoint withCredentials(@Nullable String user, @Nullable String password) {
        return new Endpoint(host, port, path, user, password);
    }

    /** The address alone, without credentials. */
    public String address() {
        if (path != null) {
            return UNIX + path;
        }
        return host != null && host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    /** The address and the user; never the password. */
    @Override
    public String toString() {
        return user == null ? address() : user + "@" + address();
    }
}
