package io.github.moonlibs.discovery.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.Method;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.WithOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BindTest {
    private final RecordingClient client = new RecordingClient(CallOptions.defaults());

    record User(long id, String name) {}

    interface Users {
        @Method("users.get")
        @Nullable
        User get(long id);

        @Method("users.find")
        Optional<User> find(String name);

        @Method("users.list")
        List<User> list();

        @Method("users.list")
        Collection<? extends User> collection();

        @Method("users.count")
        int count();

        @Method("users.exists")
        boolean exists(long id, @Nullable String name);

        @Method("users.touch")
        void touch(long... ids);

        @Method("users.raw")
        Result raw();

        @Method("users.properties")
        Map<String, Object> properties();

        @Method("users.properties")
        Map<?, ?> anyProperties();

        @Method("cache.drop")
        List<NodeReply> dropCaches(String name);

        default User require(long id) {
            User user = get(id);
            if (user == null) {
                throw new IllegalStateException("no user " + id);
            }
            return user;
        }

        default void fail(String why) throws IOException {
            throw new IOException(why);
        }

        static String unrelated() {
            return "as it is";
        }

        @Override
        String toString();
    }

    private final Users users = client.bind(Users.class);

    @Test
    void aMethodCallsTheNamedProcedureWithItsParametersAsArguments() {
        client.answering(new User(42, "Ann"));

        assertThat(users.get(42)).isEqualTo(new User(42, "Ann"));
        assertThat(client.lastCall().method()).isEqualTo("users.get");
        assertThat(client.lastCall().arguments()).isEqualTo(List.of(42L));
        assertThat(client.lastCall().options()).isSameAs(CallOptions.defaults());
    }

    @Test
    void nullIsAnArgumentAndAMethodWithoutParametersSendsNone() {
        client.answering(true);

        assertThat(users.exists(1, null)).isTrue();
        assertThat(client.lastCall().arguments()).containsExactly(1L, null);
        client.answering(7);
        assertThat(users.count()).isEqualTo(7);
        assertThat(client.lastCall().arguments()).isEmpty();
    }

    @Test
    void aVariableNumberOfArgumentsIsOneArray() {
        users.touch(1, 2);

        assertThat(client.lastCall().arguments()).containsExactly(new long[] {1, 2});
    }

    @Test
    void nilAndNoValueAreNullOrEmpty() {
        for (@Nullable Object[] nil : new Object[][] {{null}, {}}) {
            client.answering(nil);
            assertThat(users.get(1)).isNull();
            assertThat(users.find("Ann")).isEmpty();
            assertThat(users.properties()).isNull();
        }
        client.answering(new User(1, "Ann"));
        assertThat(users.find("Ann")).contains(new User(1, "Ann"));
    }

    @Test
    void nilAndNoValueAreRefusedAsPrimitiveAndAsList() {
        client.answering((Object) null);
        assertThatThrownBy(users::count)
                .isInstanceOf(ConversionException.class)
                .hasMessage("users.count: value 0: expected a whole number (int), got nil");
        client.answering();
        assertThatThrownBy(users::count)
                .isInstanceOf(ConversionException.class)
                .hasMessage("users.count: value 0: expected a whole number (int), got nothing");
        assertThatThrownBy(users::list)
                .isInstanceOf(ConversionException.class)
                .hasMessage("users.list: value 0: expected an array, got nothing");
    }

    @Test
    void listsMapsAndResultsAreReturned() {
        client.answering(List.of(new User(1, "Ann")));
        assertThat(users.list()).containsExactly(new User(1, "Ann"));
        assertThat(users.collection()).hasSize(1);
        assertThat(users.raw().values()).hasSize(1);

        client.answering(Map.of("colour", "red"));
        assertThat(users.properties()).containsEntry("colour", "red");
        client.answering(Map.of(1L, "red"));
        assertThat(users.anyProperties()).hasSize(1);
    }

    interface Crud<T> {
        @Method("get")
        T get(long id);

        @Method("all")
        Map<String, List<T>> all();
    }

    interface UsersByCity extends Crud<User> {}

    @Test
    void whatASubinterfaceSaysOfATypeVariableIsRead() {
        UsersByCity bound = client.answering(new User(1, "Ann")).bind(UsersByCity.class);

        assertThat(bound.get(1)).isEqualTo(new User(1, "Ann"));
        assertThat(client.lastType()).isEqualTo(User.class);
        client.answering(Map.of("Paris", List.of(new User(1, "Ann"))));
        assertThat(bound.all()).containsKey("Paris");
        assertThat(String.valueOf(client.lastType()))
                .isEqualTo("java.util.Map<java.lang.String, java.util.List<" + User.class.getName() + ">>");
    }

    @Test
    void aListOfNodeRepliesCallsAllNodes() {
        assertThat(users.dropCaches("hot")).isEmpty();
        assertThat(client.lastCall().ofAllNodes()).isTrue();
        assertThat(client.lastCall().arguments()).isEqualTo(List.of("hot"));
    }

    @Test
    void defaultMethodsRunAndThrowWhatTheyThrow() {
        client.answering(new User(1, "Ann"));
        assertThat(users.require(1)).isEqualTo(new User(1, "Ann"));
        client.answering((Object) null);
        assertThatThrownBy(() -> users.require(2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no user 2");
        assertThatThrownBy(() -> users.fail("because"))
                .isInstanceOf(IOException.class)
                .hasMessage("because");
    }

    @Test
    void aBoundInterfaceIsEqualOnlyToItselfAndNamesItsClient() {
        Users another = client.bind(Users.class);

        assertThat(new HashSet<>(List.of(users, another, users))).containsExactlyInAnyOrder(users, another);
        assertThat(users).hasToString(Users.class.getName() + " bound to a recording client");
        assertThat(client.calls()).isZero();
    }

    @WithOptions(timeout = "100ms", maxAttempts = 2)
    interface Hurried {
        @Method("a")
        void as();

        @Method("b")
        @WithOptions(
                timeout = "2s",
                deadline = "1m",
                maxAttempts = 5,
                failFast = true,
                retryOn = {AttemptException.Kind.LOST, AttemptException.Kind.TIMEOUT},
                notExecuted = {7, 30_001})
        void bs(String argument, @Nullable CallOptions options);

        @Method("c")
        @WithOptions(failFast = true)
        void cs(@Nullable Deadline deadline);
    }

    @Test
    void optionsComeFromTheMethodThenTheInterfaceThenTheClient() {
        RecordingClient patient = new RecordingClient(
                CallOptions.defaults().withTimeout(Duration.ofSeconds(9)).withMaxAttempts(7));
        Hurried hurried = patient.bind(Hurried.class);

        hurried.as();
        assertThat(patient.lastCall().options())
                .hasToString("timeout 100 ms, deadline timeout × maxAttempts, maxAttempts 2");
        hurried.bs("x", null);
        CallOptions own = patient.lastCall().options();
        assertThat(own)
                .hasToString("timeout 2 s, deadline 60 s, maxAttempts 5, failFast, retryOn set, notExecuted set");
        assertThat(own.retryOn().test(AttemptException.notSent("a", null))).isFalse();
        assertThat(own.retryOn().test(new AttemptException(AttemptException.Kind.LOST, true, "a", null)))
                .isTrue();
        assertThat(own.notExecuted().test(new TarantoolError(30_001, "", "", "", 0, 0, Map.of(), null)))
                .isTrue();
        assertThat(own.notExecuted().test(new TarantoolError(8, "", "", "", 0, 0, Map.of(), null)))
                .isFalse();
        hurried.cs(null);
        assertThat(patient.lastCall().options()).isEqualTo(patient.callOptions().withFailFast(true));
    }

    @Test
    void optionsOrDeadlineOfTheCallerTakePrecedenceAndAreNotSent() {
        Hurried hurried = client.bind(Hurried.class);
        CallOptions options = CallOptions.defaults().withMaxAttempts(3);

        hurried.bs("x", options);
        assertThat(client.lastCall().options()).isSameAs(options);
        assertThat(client.lastCall().arguments()).isEqualTo(List.of("x"));
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));
        hurried.cs(deadline);
        assertThat(client.lastCall().options().deadlineFromNow()).isEqualTo(deadline);
        assertThat(client.lastCall().options().failFast()).isTrue();
        assertThat(client.lastCall().arguments()).isEmpty();
    }

    interface Named {
        @Method("name")
        Object name();
    }

    interface NamedUser extends Named {
        @Override
        @Method("user.name")
        String name();
    }

    @Test
    void anInterfaceMayRefineWhatItInherits() {
        client.answering("Ann");
        NamedUser user = client.bind(NamedUser.class);
        Named named = user;

        assertThat(user.name()).isEqualTo("Ann");
        assertThat(client.lastCall().method()).isEqualTo("user.name");
        assertThat(named.name()).isEqualTo("Ann");
        assertThat(client.lastCall().method()).isEqualTo("user.name");
    }
}
