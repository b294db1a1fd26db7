package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;

/**
 * Which nodes serve some methods, where the servers don't announce it: by whether they are writable. Immutable and
 * thread-safe.
 *
 * @param methods a method's name, or the beginning of several followed by {@code *}; {@code *} alone: every method
 * @param mode which of the nodes serve them
 * @param retriable whether a call that failed on one node may be made again on another one
 * @see ClientOptions.Builder#rule(String, Mode, boolean)
 */
public record MethodRule(String methods, Mode mode, boolean retriable) {
    /** Which nodes serve a method, by {@code box.info.ro}. Those that do share its calls evenly. */
    public enum Mode {
        /** The writable ones. */
        RW,
        /** The read-only ones. */
        RO,
        /** The read-only ones; the writable ones only while no read-only one is in service or has room. */
        PREFER_RO,
        /** All. */
        ANY
    }

    /** @throws IllegalArgumentException if the methods are no name and no beginning */
    public MethodRule {
        Checks.name("rule", methods);
        int star = methods.indexOf('*');
        Checks.check(
                "rule",
                "a method's name, or the beginning of several and * at its end",
                star < 0 || star == methods.length() - 1,
                methods);
        Checks.given("rule's mode", mode);
    }
}
