package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Parses the addresses that servers are configured with. Not all of them can be dialled. */
final class DialAddress {
    private static final Pattern PORT = Pattern.compile("\\d+");
    private static final Pattern ZEROS = Pattern.compile("[0.]+");

    private DialAddress() {}

    /** @throws IllegalArgumentException if the address is malformed, or is one to listen on that cannot be dialled */
    static Endpoint parse(String text) {
        String address = text.strip();
        int parameters = address.indexOf('?');
        if (parameters >= 0) {
            address = address.substring(0, parameters);
        }
        if (address.startsWith(":") || PORT.matcher(address).matches()) {
            throw wildcard(address);
        }
        Endpoint endpoint = Endpoint.parse(address);
        String host = endpoint.host();
        if (host != null && isWildcard(host)) {
            throw wildcard(endpoint.address());
        }
        return endpoint;
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
            throw new IllegalArgumentException("endpoint \"[" + host + "]\": expected an IPv6 address in the brackets");
        }
    }

    private static IllegalArgumentException wildcard(String address) {
        return new IllegalArgumentException(
                "\"" + address + "\" is where to listen, on every interface; expected an address to dial");
    }
}
