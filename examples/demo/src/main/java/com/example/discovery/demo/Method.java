package com.example.discovery.demo;

import java.util.List;
import java.util.random.RandomGenerator;

/** A method that the application calls, in {@code of100} of a hundred calls. */
enum Method {
    /** Every node serves it, with the same weight. */
    GET("users.get", true, 55),
    /** Only the master serves it, and it must not be repeated. */
    INSERT("users.insert", false, 15),
    /** The replicas serve it ten times as often as the master. */
    SUGGEST("users.suggest", true, 30);

    final String procedure;
    final boolean retriable;
    private final int of100;

    Method(String procedure, boolean retriable, int of100) {
        this.procedure = procedure;
        this.retriable = retriable;
        this.of100 = of100;
    }

    String shortName() {
        return procedure.substring(procedure.indexOf('.') + 1);
    }

    static Method pick(RandomGenerator random) {
        int left = random.nextInt(100);
        for (Method method : values()) {
            left -= method.of100;
            if (left < 0) {
                return method;
            }
        }
        throw new IllegalStateException("the methods' portions do not add up to 100");
    }

    List<?> arguments(RandomGenerator random) {
        return this == GET ? List.of(random.nextInt(1_000_000)) : List.of(this == INSERT ? "new user" : "us");
    }
}
