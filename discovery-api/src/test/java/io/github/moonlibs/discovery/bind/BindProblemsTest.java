package io.github.moonlibs.discovery.bind;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.Method;
import io.github.moonlibs.discovery.WithOptions;
import java.math.BigDecimal;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Binding an interface reports everything that is wrong with it, and what was expected. */
class BindProblemsTest {
    private static final RecordingClient CLIENT = new RecordingClient(CallOptions.defaults());

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Class<?> type) {
        return assertThatThrownBy(() -> CLIENT.bind(type)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String refusal(Class<?> type, String what) {
        return "cannot bind " + type.getTypeName() + ": " + what;
    }

    sealed interface Sealed {}

    record Implementation() implements Sealed {}

    @Test
    void onlyAnInterfaceThatIsNeitherSealedNorHiddenIsBound() {
        for (Class<?> type : List.of(String.class, Sealed.class)) {
            assertRefused(type).hasMessage(refusal(type, "expected an interface that is neither sealed nor hidden"));
        }
    }

    interface Unnamed {
        void get(long id, Map<String, Long> more);
    }

    interface EmptyName {
        @Method("")
        void get();
    }

    @Test
    void aMethodWithoutNameAndBodyIsRefused() {
        assertRefused(Unnamed.class)
                .hasMessage(refusal(Unnamed.class, "get(long, Map): expected @Method(\"name\") on it, or a body"));
        assertRefused(EmptyName.class)
                .hasMessage(refusal(EmptyName.class, "get(): @Method: expected a name, got an empty string"));
    }

    interface NamedBody {
        @Method("get")
        default void get() {}
    }

    interface BodyWithOptions {
        @WithOptions(timeout = "1s")
        static void get() {}
    }

    @Test
    void annotationsOnADefaultMethodAreRefused() {
        for (Class<?> type : List.of(NamedBody.class, BodyWithOptions.class)) {
            assertRefused(type)
                    .hasMessage(
                            refusal(
                                    type,
                                    "get(): expected @Method and @WithOptions on methods without a body, got them on one with a body"));
        }
    }

    interface TwoOptions {
        @Method("get")
        void get(Deadline deadline, CallOptions options);
    }

    interface OptionsFirst {
        @Method("get")
        void get(CallOptions options, long id);
    }

    @Test
    void callOptionsOrDeadlineAreASingleLastParameter() {
        assertRefused(TwoOptions.class)
                .hasMessage(refusal(
                        TwoOptions.class,
                        "get(Deadline, CallOptions): parameter 1: expected a single CallOptions or Deadline, as the last"
                                + " one, got Deadline before others"));
        assertRefused(OptionsFirst.class).hasMessageEndingWith(" as the last one, got CallOptions before others");
    }

    interface BadTime {
        @Method("get")
        @WithOptions(timeout = "PT1S")
        void get();
    }

    @WithOptions(deadline = "0ms", maxAttempts = -1)
    interface BadNumbers {}

    interface LongTime {
        @Method("get")
        @WithOptions(timeout = "999999999999m")
        void get();
    }

    @Test
    void optionsOutOfRangeAreReported() {
        assertRefused(BadTime.class)
                .hasMessage(refusal(
                        BadTime.class,
                        "get(): @WithOptions timeout: expected a whole number and ms, s or m, as in \"100ms\","
                                + " got \"PT1S\""));
        assertRefused(BadNumbers.class)
                .hasMessageContaining("@WithOptions deadline: expected a time above zero and under a century, got PT0S")
                .hasMessageContaining("@WithOptions maxAttempts: expected at least 1, got -1");
        assertRefused(LongTime.class).hasMessageContaining("under a century");
    }

    record Birth(Date day) {}

    record Person(String name, List<Optional<Birth>> births) {}

    interface Arguments {
        @Method("a")
        void a(Thread[] threads);

        @Method("b")
        void b(Object anything, Number number, List<Date> seenWhenSent, Person person);

        @Method("c")
        void c(Birth birth);
    }

    @Test
    void aParameterThatNoArgumentCouldBeSentForIsRefused() {
        String expected = "; expected a type of the arguments that DiscoveryClient's documentation lists, or one that a"
                + " ValueConverter is for";
        assertRefused(Arguments.class)
                .hasMessage("cannot bind " + Arguments.class.getTypeName() + ", 2 problems:"
                        + "\n  a(Thread[]): parameter 1: cannot send Thread" + expected
                        + "\n  c(Birth): parameter 1.day: cannot send Date" + expected);
    }

    interface Returns<T> {
        @Method("a")
        Date a();

        @Method("b")
        Optional<Person> b();

        @Method("c")
        List<Map<String, Thread>> c();

        @Method("d")
        T d();

        @Method("e")
        char e();

        @Method("f")
        List<BigDecimal[]> f();

        @Method("g")
        Map<String, Long> g();

        @Method("h")
        List<Birth> h();

        @Method("i")
        Optional<Integer> i();

        @Method("j")
        Void j();
    }

    @Test
    void aReturnTypeThatNoValueCouldBeReadAsIsRefused() {
        String listed = "; expected a type that Result's documentation lists, or one that a ValueConverter is for";
        assertRefused(Returns.class)
                .hasMessage("cannot bind " + Returns.class.getTypeName() + ", 6 problems:"
                        + "\n  a(): cannot read Date" + listed
                        + "\n  b(): BindProblemsTest.Person.births.day: cannot read Date" + listed
                        + "\n  c(): cannot read Thread" + listed
                        + "\n  d(): cannot read T; expected a type for T, which interfaces give that extend this one"
                        + "\n  h(): BindProblemsTest.Birth.day: cannot read Date" + listed
                        + "\n  j(): cannot read Void" + listed);
    }
}
