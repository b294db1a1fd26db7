package io.github.moonlibs.discovery.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A method that the nodes of a {@link DiscoveryTest} announce: of a whole class, or of one test besides. */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Announce.All.class)
public @interface Announce {
    /** The method's name. */
    String value();

    /** Its weight. */
    double weight() default 100;

    /** Whether a call may be repeated. */
    boolean retriable() default true;

    /** The nodes that announce it, from 0. None: all do. */
    int[] nodes() default {};

    /** Several of them. */
    @Documented
    @Inherited
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @interface All {
        /** Each of them. */
        Announce[] value();
    }
}
