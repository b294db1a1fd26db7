package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.util.List;

/**
 * A client of another make. A contestant's class has a public constructor that takes the instances' addresses, a {@code
 * List<String>} of {@code host:port}, and connects. Thread-safe; it has the class path that it wants, without this library.
 */
public interface Driver {
    /** Calls a procedure on one of the instances, waits for the reply, and returns all of its values. */
    List<?> call(String procedure, List<?> arguments) throws Exception;
}
