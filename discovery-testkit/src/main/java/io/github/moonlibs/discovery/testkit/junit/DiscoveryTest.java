package io.github.moonlibs.discovery.testkit.junit;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of the class fresh nodes in the test's own process, and a client of them if it asks for one.
 *
 * <pre>{@code
 * @DiscoveryTest(nodes = 2)
 * @Announce("users.get")
 * class UserServiceTest {
 *     @Test
 *     void findsAUser(DiscoveryClient client, List<FakeNode> nodes) {
 *         nodes.forEach(node -> node.answer("users.get", arguments -> List.of(new User(42, "Ann"))));
 *         assertEquals("Ann", new UserService(client).nameOf(42));
 *     }
 * }
 * }</pre>
 *
 * <p>Parameters of tests, and of methods that run before or after each, may be a {@link FakeNode} (the first one, or the one
 * that {@link Node} says), a list of them, and a {@link DiscoveryClient}. The client is opened when it is first asked for, and
 * serves all announced methods by then. Nodes and client are closed after the test. {@link DiscoveryExtension} sets up what
 * annotations cannot.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DiscoveryExtension.class)
public @interface DiscoveryTest {
    /** How many nodes each test has. */
    int nodes() default 1;
}
