package io.github.moonlibs.discovery.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a bean of an interface whose methods stand for procedures, as {@link
 * io.github.moonlibs.discovery.DiscoveryClient#bind} does. Interfaces are found in the packages that the application is
 * scanned for. The interface is checked as a whole when the application starts.
 *
 * <pre>{@code
 * @DiscoveryInterface
 * public interface Users {
 *     @Method("users.get")
 *     User get(long id);
 * }
 * }</pre>
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface DiscoveryInterface {
    /** The name of the client's bean, where there are several. Empty: the one client, or the primary one. */
    String client() default "";
}
