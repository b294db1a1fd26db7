package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.util.List;

/** A {@link Driver}, which ends with its process. */
final class DriverContestant implements Contestant {
    private final Driver driver;

    DriverContestant(String type, List<String> endpoints) throws ReflectiveOperationException {
        driver = Class.forName(type)
                .asSubclass(Driver.class)
                .getConstructor(List.class)
                .newInstance(endpoints);
    }

    @Override
    public Caller caller(Request request) throws Exception {
        // some connect at the first call
        turn(request);
        return () -> turn(request);
    }

    private long turn(Request request) throws Exception {
        return request.check(driver.call(request.procedure(), request.arguments()));
    }

    @Override
    public void close() {
        // drivers need no end of their own
    }
}
