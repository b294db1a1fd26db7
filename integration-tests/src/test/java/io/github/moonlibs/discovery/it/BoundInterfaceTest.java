package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Method;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.WithOptions;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interface bound to real connections, on the class path and in modules of every kind. */
@Timeout(600)
class BoundInterfaceTest {
    record User(long id, String name) {}

    record Filter(String prefix, int limit) {}

    record Groups(Map<String, List<User>> byName) {}

    interface Users {
        @Method("users.get")
        Optional<User> get(long id);

        @Method("users.find")
        List<User> find(Filter filter);

        @Method("users.count")
        int count();

        @Method("users.groups")
        Groups groups();

        @Method("users.get")
        List<NodeReply> getAll(long id);

        @Method("users.hang")
        @WithOptions(timeout = "10s")
        void hang(@Nullable Deadline deadline);
    }

    @Test
    void recordsAreSentAndReturned() {
        try (FakeNode node = FakeNode.start()
                        .announce("users.get", 100, true)
                        .announce("users.find", 100, true)
                        .announce("users.count", 100, true)
                        .announce("users.groups", 100, true)
                        .answer("users.get", id -> List.of(List.of(id.getFirst(), "Ann")))
                        .answer(
                                "users.find",
                                filter -> List.of(List.of(
                                        Map.of("id", 1, "name", ((Map<?, ?>) filter.getFirst()).get("prefix") + "n"),
                                        List.of(2, "Anna"))))
                        .answer("users.count", none -> Arrays.asList((Object) null))
                        .answer(
                                "users.groups",
                                none -> List.of(Map.of("byName", Map.of("a", List.of(List.of(1, "Ann"))))));
                DiscoveryClient client =
                        Clients.patient().endpoints(node.endpoint()).connect()) {
            Users users = client.bind(Users.class);

            assertThat(users.get(42)).contains(new User(42, "Ann"));
            assertThat(users.find(new Filter("An", 2))).containsExactly(new User(1, "Ann"), new User(2, "Anna"));
            assertThat(users.groups().byName()).containsOnly(Map.entry("a", List.of(new User(1, "Ann"))));
            assertThat(users.getAll(1))
                    .singleElement()
                    .extracting(NodeReply::failure)
                    .isNull();
            assertThatThrownBy(users::count)
                    .isInstanceOf(ConversionException.class)
                    .hasMessage("users.count: value 0: expected a whole number (int), got nil");
        }
    }

    @Test
    void aFailureIsThrownAsByACall() {
        try (FakeNode node = FakeNode.start()
                        .announce("users.get", 100, false)
                        .announce("users.hang", 100, true)
                        .fail("users.get", 32, "no such user")
                        .hang("users.hang");
                DiscoveryClient client =
                        Clients.patient().endpoints(node.endpoint()).connect()) {
            Users users = client.bind(Users.class);

            assertThatThrownBy(() -> users.get(42))
                    .isInstanceOf(CallFailedException.class)
                    .hasMessageContaining("no such user");
            assertThatThrownBy(() -> users.hang(Deadline.after(Duration.ofMillis(20))))
                    .isInstanceOf(DeadlineExceededException.class);
        }
    }

    private static final Map<String, String> MODULE = Map.of(
            "module-info.java",
            """
            module com.example.bound {
                requires io.github.moonlibs.discovery;
                exports com.example.bound.exported;
                opens com.example.bound.opened to io.github.moonlibs.discovery;
                opens com.example.bound.model to io.github.moonlibs.discovery;
            }
            """,
            "com/example/bound/model/User.java",
            """
            package com.example.bound.model;
            public record User(long id, String name) {}
            """,
            "com/example/bound/exported/Users.java",
            """
            package com.example.bound.exported;
            import io.github.moonlibs.discovery.Method;
            import com.example.bound.model.User;
            public interface Users {
                @Method("users.get") User get(long id);
                default String name(long id) { return "exported " + get(id).name(); }
            }
            """,
            "com/example/bound/opened/Opened.java",
            """
            package com.example.bound.opened;
            import io.github.moonlibs.discovery.DiscoveryClient;
            import io.github.moonlibs.discovery.Method;
            import com.example.bound.model.User;
            public class Opened {
                interface Users {
                    @Method("users.get") User get(long id);
                    default String name(long id) { return "opened " + get(id).name(); }
                }
                public static String name(DiscoveryClient client) { return client.bind(Users.class).name(1); }
            }
            """,
            "com/example/bound/Main.java",
            """
            package com.example.bound;
            import io.github.moonlibs.discovery.CallOptions;
            import io.github.moonlibs.discovery.DiscoveryClient;
            import io.github.moonlibs.discovery.Method;
            import com.example.bound.model.User;
            import java.time.Duration;
            public class Main {
                interface Hidden {
                    @Method("users.get") User get(long id);
                }
                public interface HiddenPublic {
                    @Method("users.get") User get(long id);
                }
                public interface HiddenBody extends HiddenPublic {
                    default String name(long id) { return get(id).name(); }
                }
                public static void main(String[] args) {
                    // this is about access, so the machine may take its time
                    CallOptions patient = CallOptions.defaults().withTimeout(Duration.ofMinutes(1));
                    try (var client = DiscoveryClient.builder()
                            .endpoints(args[0])
                            .callOptions(patient)
                            .connect()) {
                        System.out.println("hidden " + client.bind(Hidden.class).get(1).name());
                        System.out.println("hidden public " + client.bind(HiddenPublic.class).get(1).name());
                        System.out.println(client.bind(com.example.bound.exported.Users.class).name(1));
                        System.out.println(com.example.bound.opened.Opened.name(client));
                        try {
                            client.bind(HiddenBody.class);
                        } catch (IllegalArgumentException e) {
                            System.out.println(e.getMessage());
                        }
                    }
                }
            }
            """);

    @TempDir
    private Path directory;

    @Test
    void inAModuleOnlyADefaultMethodNeedsItsPackageOpenedOrExported() throws Exception {
        Path classes = directory.resolve("classes");
        String[] javac = {"-d", classes.toString(), "-p", Jvm.library()};
        Jvm.run(directory, Jvm.tool("javac"), concat(javac, sources()));

        try (FakeNode node = FakeNode.start()
                .announce("users.get", 100, true)
                .answer("users.get", id -> List.of(List.of(1, "Ann")))) {
            String printed = Jvm.runModule(
                    directory,
                    classes + File.pathSeparator + Jvm.library(),
                    "com.example.bound/com.example.bound.Main",
                    node.endpoint());
            assertThat(printed.lines())
                    .contains(
                            "hidden Ann",
                            "hidden public Ann",
                            "exported Ann",
                            "opened Ann",
                            "cannot bind com.example.bound.Main$HiddenBody: name(long): no access to the body; expected"
                                    + " \"opens com.example.bound to io.github.moonlibs.discovery\" in module"
                                    + " com.example.bound, or a public interface in an exported package");
        }
    }

    private String[] sources() throws Exception {
        for (Map.Entry<String, String> source : MODULE.entrySet()) {
            Path file = directory.resolve(source.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
        }
        return MODULE.keySet().stream()
                .map(name -> directory.resolve(name).toString())
                .toArray(String[]::new);
    }

    private static String[] concat(String[] first, String[] second) {
        String[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
