package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Endpoint;

/** Addresses with users and passwords. What was read and is written again has to be the same. */
public final class EndpointsTarget implements Target {
    @Override
    public String name() {
        return "endpoints";
    }

    @Override
    public boolean read(byte[] input) {
        String text = new String(input, UTF_8);
        try {
            Endpoint endpoint = Endpoint.parse(text);
            Endpoint again = Endpoint.parse(endpoint.address())
                    .withCredentials(endpoint.user(), endpoint.password())
                    .withSecurity(endpoint.security());
            if (!again.equals(endpoint)) {
                throw new IllegalStateException("read " + endpoint + ", wrote and read " + again);
            }
            return true;
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        } finally {
            planted(text);
        }
    }

    /** What follows a password may be anything, a part of it as well. */
    private static void planted(String text) {
        try {
            Endpoint endpoint = Endpoint.parse("app:" + Refusal.SECRET + text);
            if (endpoint.toString().contains(Refusal.SECRET)) {
                throw new IllegalStateException("shown with the password");
            }
        } catch (IllegalArgumentException refused) {
            Refusal.check(refused);
        }
    }
}
