package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;

/**
 * A user and its password. Immutable and thread-safe.
 *
 * @param user not empty
 * @param password may be empty
 */
public record Credentials(String user, String password) {
    /** @throws IllegalArgumentException if the user is empty */
    public Credentials {
        Checks.name("user", user);
        Checks.given("password", password);
    }

    /** The user alone. */
    @Override
    public String toString() {
        return user;
    }
}
