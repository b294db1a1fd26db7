package io.github.moonlibs.discovery;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This record, or this class, is read by the names of its components alone: from a map, or from a tuple that came with the
 * names of its fields ({@link ClientOptions.Builder#tupleNames}). An array, which has no names, is refused rather than read by
 * position.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ByName {}
