package io.github.moonlibs.discovery.core;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the promise of docs/contract.md that a test holds the library to, as {@code Calls 3}, {@code Calls 1: the late hedge} or
 * {@code Original: options passed in are changed}; {@link Contract} says how promises are named.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Promise.All.class)
public @interface Promise {
    String value();

    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface All {
        Promise[] value();
    }
}
