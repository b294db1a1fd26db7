package io.github.moonlibs.discovery;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the components of this record, or the properties of this class, are called on the servers, whatever the client says. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface WithNaming {
    /** Takes the place of {@link ClientOptions#naming()}. */
    Naming value();
}
