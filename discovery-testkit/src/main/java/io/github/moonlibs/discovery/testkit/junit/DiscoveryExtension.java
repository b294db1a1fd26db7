package io.github.moonlibs.discovery.testkit.junit;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link DiscoveryTest} registers. Registered by a field instead, it is set up in code: nodes that answer, and a client
 * with options of its own.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final DiscoveryExtension NODES = new DiscoveryExtension(3)
 *         .eachNode(node -> node.announce("users.get", 100, true).answer("users.get", arguments -> List.of(ANN)))
 *         .client(options -> options.naming(Naming.SNAKE_CASE));
 * }</pre>
 */
public final class DiscoveryExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(DiscoveryExtension.class);

    private final int nodes;
    private final List<Consumer<FakeNode>> eachNode;
    private final List<Consumer<ClientOptions.Builder>> client;

    /** With as many nodes as the annotation says, or one. */
    public DiscoveryExtension() {
        this(0);
    }

    /**
     * With so many nodes.
     *
     * @param nodes 0: as many as the annotation says, or one
     */
    public DiscoveryExtension(int nodes) {
        this(nodes, List.of(), List.of());
    }

    private DiscoveryExtension(
            int nodes, List<Consumer<FakeNode>> eachNode, List<Consumer<ClientOptions.Builder>> client) {
        this.nodes = nodes;
        this.eachNode = eachNode;
        this.client = client;
    }

    /** The same, with something that is done to each node before the test: announcements, answers. */
    public DiscoveryExtension eachNode(Consumer<FakeNode> change) {
        return new DiscoveryExtension(nodes, with(eachNode, change), client);
    }

    /** The same, with options of the client. */
    public DiscoveryExtension client(Consumer<ClientOptions.Builder> options) {
        return new DiscoveryExtension(nodes, eachNode, with(client, options));
    }

    private static <T> List<T> with(List<T> all, T another) {
        return Stream.concat(all.stream(), Stream.of(another)).toList();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        TestNodes started = new TestNodes(nodes > 0 ? nodes : nodesOf(test), client);
        context.getStore(NAMESPACE).put(this, started);
        for (FakeNode node : started.nodes()) {
            eachNode.forEach(change -> change.accept(node));
        }
        announcements(test).forEach(started::announce);
        announcements(context.getRequiredTestMethod()).forEach(started::announce);
    }

    /** A nested class has what the classes around it say. */
    private static int nodesOf(Class<?> test) {
        for (Class<?> type = test; type != null; type = type.getEnclosingClass()) {
            var annotation = AnnotationSupport.findAnnotation(type, DiscoveryTest.class);
            if (annotation.isPresent()) {
                return annotation.get().nodes();
            }
        }
        return 1;
    }

    private static List<Announce> announcements(AnnotatedElement of) {
        List<Announce> all = new ArrayList<>();
        for (Class<?> outer = of instanceof Class<?> type ? type.getEnclosingClass() : null; outer != null; ) {
            all.addAll(AnnotationSupport.findRepeatableAnnotations(outer, Announce.class));
            outer = outer.getEnclosingClass();
        }
        all.addAll(AnnotationSupport.findRepeatableAnnotations(of, Announce.class));
        return all;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestNodes started = context.getStore(NAMESPACE).remove(this, TestNodes.class);
        if (started != null) {
            started.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Type type = parameter.getParameter().getParameterizedType();
        boolean supported = type == FakeNode.class || type == DiscoveryClient.class || isListOfNodes(type);
        return supported && !(parameter.getDeclaringExecutable() instanceof Constructor<?>);
    }

    private static boolean isListOfNodes(Type type) {
        return type instanceof ParameterizedType generic
                && generic.getRawType() == List.class
                && generic.getActualTypeArguments()[0] == FakeNode.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestNodes started = context.getStore(NAMESPACE).get(this, TestNodes.class);
        if (started == null) {
            throw new ParameterResolutionException(
                    "nodes and clients are those of one test; expected a parameter of a test,"
                            + " or of a method that runs before or after each, got "
                            + parameter.getDeclaringExecutable());
        }
        Class<?> type = parameter.getParameter().getType();
        if (type == DiscoveryClient.class) {
            return started.client();
        }
        return type == List.class
                ? started.nodes()
                : node(started.nodes(), parameter.findAnnotation(Node.class).orElse(null));
    }

    private static FakeNode node(List<FakeNode> nodes, @Nullable Node which) {
        int index = which == null ? 0 : which.value();
        if (index < 0 || index >= nodes.size()) {
            throw new ParameterResolutionException(
                    "@Node: expected a number from 0 to " + (nodes.size() - 1) + ", got " + index);
        }
        return nodes.get(index);
    }
}
