package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Parses the addresses that servers are configured with, in all spellings that Tarantool understands: {@code host:port},
 * {@code [v6]:port}, {@code unix/:/path} or the path alone, with a scheme before it and parameters behind it. Not all of
 * them can be dialled. Messages never quote what may be a password.
 */
final class DialAddress {
    private static final String UNIX = "unix/:";
    private static final String TRANSPORT = "transport=";
    private static final Pattern PORT = Pattern.compile("\\d+");
    private static final Pattern ZEROS = Pattern.compile("[0.]+");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

    /** What a host never has, but what is left where a template was not filled has: braces, $NAME, %NAME%, &lt;name&gt;. */
    private static final Pattern NO_HOST = Pattern.compile("[{}<>%\"'`\\\\^|;,\\p{Cntrl}]|\\$[\\p{L}_(]");

    private DialAddress() {}

    /** @throws IllegalArgumentException if the address is malformed, or is one to listen on that cannot be dialled */
    static Endpoint parse(String text) {
        if (text.length() > Inherited.LONGEST) {
            throw new Unusable(
                    "expected an address of at most " + Inherited.LONGEST + " characters, got " + text.length());
        }
        String address = bare(text.strip());
        int at = address.contains("@" + UNIX) ? address.indexOf("@" + UNIX) : address.lastIndexOf('@');
        boolean unix = address.startsWith(UNIX);
        String user = unix ? "" : address.substring(0, at + 1);
        String location = unix ? address : address.substring(at + 1);
        if (location.startsWith(UNIX) || location.startsWith("/") || location.startsWith(".")) {
            return socket(user, location);
        }
        int port = location.indexOf(':', location.lastIndexOf(']') + 1);
        int path = location.indexOf('/', port + 1);
        if (port >= 0 && path >= 0) {
            location = location.substring(0, path);
        }
        if (location.startsWith(":") || PORT.matcher(location).matches()) {
            throw wildcard(shown(user, location));
        }
        String host = port < 0 ? location : location.substring(0, port);
        if (NO_HOST.matcher(host).find()) {
            throw new Unusable(shown(user, location) + ": expected a host without templates, lists or quotes");
        }
        if (port < 0 || !PORT.matcher(location.substring(port + 1)).matches()) {
            throw new Unusable(shown(user, location) + ": expected host:port, [v6]:port or unix/:/path");
        }
        Endpoint endpoint = Endpoint.parse(user + location);
        if (endpoint.host() != null && isWildcard(endpoint.host())) {
            throw wildcard("\"" + endpoint.address() + "\"");
        }
        return endpoint.withSecurity(security(text));
    }

    /** What the parameters behind the address say; the others are the server's business. */
    private static Endpoint.Security security(String text) {
        int from = text.indexOf('?', Math.max(0, text.lastIndexOf('@')));
        if (from >= 0) {
            int end = text.indexOf('#', from);
            for (String parameter :
                    text.substring(from + 1, end < 0 ? text.length() : end).split("&", -1)) {
                if (parameter.startsWith(TRANSPORT)) {
                    return securityOf(parameter.substring(TRANSPORT.length()));
                }
            }
        }
        return Endpoint.Security.AS_CONFIGURED;
    }

    /** @throws IllegalArgumentException if it is no transport that servers have */
    static Endpoint.Security securityOf(String transport) {
        return switch (transport) {
            case "ssl" -> Endpoint.Security.SSL;
            case "plain" -> Endpoint.Security.PLAIN;
            default -> throw new Unusable("expected the transport ssl or plain, got something else");
        };
    }

    /** Without the scheme and the parameters; both are the server's business. */
    private static String bare(String text) {
        var scheme = SCHEME.matcher(text);
        String address = scheme.lookingAt() ? text.substring(scheme.end()) : text;
        int end = address.length();
        for (char c : new char[] {'?', '#'}) {
            // a password may have one of these
            int parameters = address.indexOf(c, Math.max(0, address.lastIndexOf('@')));
            end = parameters >= 0 ? Math.min(end, parameters) : end;
        }
        return address.substring(0, end);
    }

    private static Endpoint socket(String user, String location) {
        String path = location.startsWith(UNIX) ? location.substring(UNIX.length()) : location;
        if (path.indexOf('{') >= 0 || path.indexOf('}') >= 0) {
            throw new Unusable(shown(user, UNIX + path) + ": expected a path without templates");
        }
        if (!path.startsWith("/")) {
            throw new Unusable(shown(user, UNIX + path)
                    + ": expected the absolute path of a socket; only the server knows what this one is relative to");
        }
        return Endpoint.parse(user + UNIX + path);
    }

    private static boolean isWildcard(String host) {
        if (host.equals("*") || ZEROS.matcher(host).matches()) {
            return true;
        }
        if (host.indexOf(':') < 0) {
            return false;
        }
        try {
            // in brackets it is a literal, which is never looked up
            return InetAddress.getByName("[" + host + "]").isAnyLocalAddress();
        } catch (UnknownHostException e) {
            throw new Unusable("endpoint \"[" + host + "]\": expected an IPv6 address in the brackets");
        }
    }

    private static Unusable wildcard(String address) {
        return new Unusable(address + " is where to listen, on every interface; expected an address to dial");
    }

    /**
     * The address as far as it holds no password. Where the host is missing, what looks like a port is a password, and what
     * stands behind an @ may be the rest of a password.
     */
    private static String shown(String user, String location) {
        if (!user.isEmpty()) {
            return "what is behind the last @";
        }
        if (location.startsWith(UNIX)) {
            return "\"" + Causes.shortened(location) + "\"";
        }
        int port = location.indexOf(':', location.startsWith("[") ? location.indexOf(']') + 1 : 0);
        boolean isPort = port < 0 || PORT.matcher(location.substring(port + 1)).matches();
        return "\"" + Causes.shortened(isPort ? location : location.substring(0, port) + ":***") + "\"";
    }
}
