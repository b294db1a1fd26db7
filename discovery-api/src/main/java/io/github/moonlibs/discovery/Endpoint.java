package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import org.jspecify.annotations.Nullable;

/**
 * Where a Tarantool instance listens, and the user to log in as: {@code host:port}, {@code [v6]:port} or {@code
 * unix/:/path}, each optionally after {@code user:password@}, a TCP address optionally before {@code ?transport=ssl} or {@code
 * ?transport=plain}. Host names are not resolved here but at every connect.
 * Immutable and thread-safe; two endpoints are equal if all of that is.
 *
 * @param host the host name or literal address, without brackets; null for a Unix socket
 * @param port 1 to 65535; 0 for a Unix socket
 * @param path the file of a Unix socket; null for TCP
 * @param user the user to log in as; null: the server's guest
 * @param password null counts as empty
 * @param security whether to speak TLS
 */
public record Endpoint(
        @Nullable String host,
        int port,
        @Nullable String path,
        @Nullable String user,
        @Nullable String password,
        Security security) {
    private static final String EXPECTED =
            "endpoint: expected host:port, [v6]:port or unix/:/path, each optionally after user:password@, a TCP address"
                    + " optionally before ?transport=ssl or ?transport=plain";
    private static final String UNIX = "unix/:";

    /** A name of the DNS has less, and so has the path of any system's socket. */
    private static final int LONGEST = 255;

    /** Whether to speak TLS with an endpoint. */
    public enum Security {
        /** If the client's options have TLS. */
        AS_CONFIGURED,

        /** Always, with the options' TLS, or with the JDK's if they have none. */
        SSL,

        /** Never. */
        PLAIN
    }

    /** An endpoint with which TLS is spoken if the client's options have TLS. */
    public Endpoint(
            @Nullable String host, int port, @Nullable String path, @Nullable String user, @Nullable String password) {
        this(host, port, path, user, password, Security.AS_CONFIGURED);
    }

    /** @throws IllegalArgumentException if this is neither a TCP address nor a Unix socket; quotes nothing of it */
    public Endpoint {
        boolean tcp = host != null && isHost(host) && port >= 1 && port <= 65_535 && path == null;
        boolean unix = host == null && port == 0 && path != null && isPath(path);
        if (!tcp && !unix) {
            throw new IllegalArgumentException("endpoint: expected either a host with a port from 1 to 65535, or the"
                    + " absolute path of a Unix socket, each of at most 255 characters that can be shown, got "
                    + (path != null ? "a path" : host != null ? "a host" : "neither") + ", and the port " + port);
        }
        if (user == null && password != null) {
            throw new IllegalArgumentException("endpoint: a password without a user");
        }
    }

    private static boolean isHost(String text) {
        return !text.isEmpty()
                && isShowable(text)
                && text.chars()
                        .noneMatch(c -> c == '@' || c == '/' || c == '[' || c == ']' || Character.isWhitespace(c));
    }

    private static boolean isPath(String text) {
        return text.startsWith("/") && isShowable(text);
    }

    /** Addresses stand in logs as they are. */
    private static boolean isShowable(String text) {
        return text.length() <= LONGEST && SafeText.whole(text).equals(text);
    }

    /**
     * Reads an endpoint. What comes before the last {@code @} of a TCP address is user and password, taken literally;
     * the first colon separates the two.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected and never quotes the text: a
     *     password may be anywhere in a text that is wrong
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
                throw wrong("an @, but the user is empty");
            }
        }
        if (address.startsWith(UNIX)) {
            String path = address.substring(UNIX.length());
            if (path.length() > LONGEST || !isPath(path)) {
                throw wrong("a path that is not absolute, too long, or has characters that cannot be shown");
            }
            return new Endpoint(null, 0, path, user, password);
        }
        int question = address.indexOf('?');
        Security security = question < 0 ? Security.AS_CONFIGURED : security(address.substring(question + 1));
        address = question < 0 ? address : address.substring(0, question);
        int colon = address.lastIndexOf(':');
        if (colon < 0 || address.endsWith("]")) {
            throw wrong("no port");
        }
        String host = address.substring(0, colon);
        boolean isV6 = host.startsWith("[") && host.endsWith("]");
        if (isV6) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw wrong("no host");
        }
        if (!isHost(host) || (!isV6 && host.indexOf(':') >= 0)) {
            throw wrong("something else before the port than a host of at most " + LONGEST + " characters");
        }
        return new Endpoint(host, port(address.substring(colon + 1)), null, user, password, security);
    }

    private static int port(String digits) {
        boolean isNumber =
                !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = isNumber ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65_535) {
            throw wrong("a port that is no number from 1 to 65535");
        }
        return port;
    }

    private static Security security(String parameters) {
        return switch (parameters) {
            case "transport=ssl" -> Security.SSL;
            case "transport=plain" -> Security.PLAIN;
            default -> throw wrong("other parameters behind the address");
        };
    }

    private static IllegalArgumentException wrong(String got) {
        return new IllegalArgumentException(
                EXPECTED + ", got " + got + "; the text is not shown, because it may hold a password");
    }

    /** The same address with other credentials. */
    public Endpoint withCredentials(@Nullable String user, @Nullable String password) {
        return new Endpoint(host, port, path, user, password, security);
    }

    /** The same address, with TLS or without. */
    public Endpoint withSecurity(Security security) {
        return new Endpoint(host, port, path, user, password, security);
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
        return user == null ? address() : SafeText.name(user) + "@" + address();
    }
}
