package io.github.moonlibs.discovery;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record's component, a constructor's parameter or an enum's constant is called on the servers. It holds for results
 * and arguments, and takes precedence over every {@link Naming}.
 *
 * <pre>{@code
 * record User(@Name("uid") long id, String name) {}
 * }</pre>
 */
@Documented
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Name {
    /** The name on the servers. */
    String value();
}
