package io.github.moonlibs.discovery;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the server's method that a method of an interface calls; see {@link DiscoveryClient#bind}.
 *
 * <pre>{@code
 * interface Users {
 *     @Method("users.get")
 *     @Nullable User get(long id);
 *
 *     @Method("users.suggest")
 *     @WithOptions(timeout = "100ms", maxAttempts = 3)
 *     List<User> suggest(String prefix, Deadline deadline);
 *
 *     default User require(long id) {
 *         return Objects.requireNonNull(get(id), () -> "no user " + id);
 *     }
 * }
 * }</pre>
 *
 * <p>The parameters are the arguments; their types are those of {@link DiscoveryClient}. A {@link CallOptions} or a
 * {@link Deadline} as the last parameter is not sent: it replaces the method's options, or their deadline, for this call;
 * null replaces nothing. A variable number of arguments is sent as one argument, an array.
 *
 * <table>
 * <caption>What a method may return</caption>
 * <tr><th>type</th><th>what it is</th></tr>
 * <tr><td>void</td><td>nothing; what the server returned is ignored</td></tr>
 * <tr><td>{@link Result}</td><td>all values, undecoded</td></tr>
 * <tr><td>a primitive type</td><td>the first value; nil, or no value, is a {@link ConversionException}</td></tr>
 * <tr><td>{@code List<T>} or another collection</td>
 *     <td>the first value, an array; nil, or no value, is a {@link ConversionException}</td></tr>
 * <tr><td>{@code Optional<T>}</td><td>the first value; empty for nil and for no value</td></tr>
 * <tr><td>any other type that {@link Result} reads, generic ones included</td>
 *     <td>the first value; null for nil and for no value</td></tr>
 * <tr><td>{@code List<NodeReply>}</td><td>the answers of all nodes that serve it: {@link DiscoveryClient#callAll}</td></tr>
 * </table>
 *
 * <p>A type variable of an interface is what the interface that is bound says it is.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Method {
    /** The name, as the servers announce it. */
    String value();
}
