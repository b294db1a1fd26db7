package io.github.moonlibs.discovery.testkit;

/** How a real server is run. */
public enum Via {
    /** A program on this machine, found on PATH, as a process of its own. */
    LOCAL,
    /** An image, run by Testcontainers, which has to be among the test's dependencies. */
    CONTAINER
}
