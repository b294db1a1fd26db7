package io.github.moonlibs.discovery.iproto.codec.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Name;
import io.github.moonlibs.discovery.Naming;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.WithNaming;
import io.github.moonlibs.discovery.types.Types;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import kotlin.Metadata;
import kotlin.jvm.internal.DefaultConstructorMarker;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records and objects of other classes, their names on the wire, and how they are made. */
class ObjectsTest {
    private static final Types SNAKES = Types.of(
            DiscoveryClient.builder().endpoints("a:1").naming(Naming.SNAKE_CASE).build());

    record Address(String streetName, @Name("zip") String postalCode) {}

    record Person(long userId, Address homeAddress) {}

    @WithNaming(Naming.SNAKE_CASE)
    record Pet(String petName) {}

    enum Colour {
        RED,
        @Name("light-blue")
        LIGHT_BLUE
    }

    private static final Map<String, Object> WIRE =
            Map.of("user_id", 1, "home_address", Map.of("street_name", "High St", "zip", "X1"));

    @Test
    void aClientsNamingHoldsForResultsAndArguments() {
        Person person = new Person(1, new Address("High St", "X1"));
        assertThat(Values.echo(SNAKES, WIRE).as(Person.class)).isEqualTo(person);
        assertThat(Values.echo(SNAKES, person).get(0))
                .isEqualTo(Map.of("user_id", 1L, "home_address", WIRE.get("home_address")));
        assertThat(Values.echo(SNAKES, List.of(1, List.of("High St", "X1"))).as(Person.class))
                .isEqualTo(person);
        assertRefused(
                () -> Values.echo(SNAKES, Map.of("userId", 1)).as(Person.class),
                "f: value 0.user_id: expected a whole number (long), got nothing");
    }

    @Test
    void anAnnotationNamesAComponentAConstantOrAWholeRecord() {
        assertThat(Values.echo(new Address("High St", "X1")).get(0))
                .isEqualTo(Map.of("streetName", "High St", "zip", "X1"));
        assertThat(Values.echo(Map.of("pet_name", "Rex")).as(Pet.class)).isEqualTo(new Pet("Rex"));
        assertThat(Values.echo(Colour.LIGHT_BLUE, Colour.RED).values()).containsExactly("light-blue", "RED");
        assertThat(Values.echo("light-blue").as(Colour.class)).isEqualTo(Colour.LIGHT_BLUE);
        assertRefused(
                () -> Values.echo("LIGHT_BLUE").as(Colour.class),
                "expected a constant of ObjectsTest.Colour (RED, light-blue), got the string \"LIGHT_BLUE\"");
    }

    record Twice(@Name("b") int a, int b) {}

    @Test
    void twoComponentsOfTheSameNameAreRefused() {
        assertRefused(
                () -> Values.echo(List.of(1, 2)).as(Twice.class),
                "two components of ObjectsTest.Twice have the same name on the servers, \"b\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(new Twice(1, 2)))
                .withMessageContaining("argument 0: two components of");
    }

    /** A bean that is made by its constructor. */
    static final class Account {
        private final long id;
        private final @Nullable String owner;
        private final boolean active;

        public Account(@Name("id") long id, @Name("owner") @Nullable String owner, @Name("active") boolean active) {
            this.id = id;
            this.owner = owner;
            this.active = active;
        }

        public long getId() {
            return id;
        }

        public Optional<String> getOwner() {
            return Optional.ofNullable(owner);
        }

        public boolean isActive() {
            return active;
        }
    }

    @Test
    void aClassWithOneConstructorIsReadByItsParametersAndSentByItsGetters() {
        Account account = Objects.requireNonNull(
                Values.echo(Map.of("id", 7, "owner", "Ann", "active", true)).as(Account.class));
        assertThat(account.getId()).isEqualTo(7);
        assertThat(account.getOwner()).contains("Ann");
        assertThat(account.isActive()).isTrue();
        assertThat(Values.echo(account).get(0)).isEqualTo(Map.of("id", 7L, "owner", "Ann", "active", true));
        assertThat(Values.echo(List.of(List.of(7, "Ann", false))).as(new TypeRef<List<Account>>() {}))
                .hasSize(1);
        assertRefused(
                () -> Values.echo(Map.of("id", 7)).as(Account.class),
                "value 0.active: expected a boolean, got nothing");
    }

    static final class Ambiguous {
        public Ambiguous(@Name("a") int a) {}

        public Ambiguous(@Name("a") int a, @Name("b") int b) {}
    }

    static final class Sealed {
        Sealed(@Name("secret") String given) {
            Objects.requireNonNull(given);
        }
    }

    static final class Empty {}

    @Test
    void aClassThatCannotBeMadeOrSentSaysWhy() {
        assertRefused(
                () -> Values.echo(1).as(Ambiguous.class),
                "cannot read ObjectsTest.Ambiguous; expected a record or a class with one public constructor that has"
                        + " parameters, got one with 2");
        assertRefused(() -> Values.echo(1).as(Empty.class), "got one with 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(new Sealed("x")))
                .withMessageContaining(
                        "argument 0.secret: cannot send ObjectsTest.Sealed; expected a method secret() or a getter");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Values.echo(new Empty()))
                .withMessageContaining("argument 0: cannot send ObjectsTest.Empty");
    }

    /** As Kotlin compiles {@code data class Point(val xPos: Int, val yPos: Int = 7, val label: String = "none")}. */
    @Metadata
    public static final class Point {
        private final int xPos;
        private final int yPos;
        private final String label;

        public Point(int first, int second, String third) {
            xPos = first;
            yPos = second;
            label = Objects.requireNonNull(third);
        }

        public Point(
                int first, int second, @Nullable String third, int mask, @Nullable DefaultConstructorMarker marker) {
            this(first, (mask & 2) != 0 ? 7 : second, (mask & 4) != 0 ? "none" : Objects.requireNonNull(third));
        }

        public int getXPos() {
            return xPos;
        }

        public int getYPos() {
            return yPos;
        }

        public String getLabel() {
            return label;
        }

        public int component1() {
            return xPos;
        }

        public int component2() {
            return yPos;
        }

        public String component3() {
            return label;
        }
    }

    @Test
    void aKotlinDataClassIsReadByItsPropertiesWithItsDefaults() {
        Point whole = Objects.requireNonNull(Values.echo(SNAKES, Map.of("x_pos", 1, "y_pos", 2, "label", "a"))
                .as(Point.class));
        assertThat(Values.echo(SNAKES, whole).get(0)).isEqualTo(Map.of("x_pos", 1L, "y_pos", 2L, "label", "a"));
        Point partial = Objects.requireNonNull(Values.echo(Map.of("xPos", 1)).as(Point.class));
        assertThat(partial.component2()).isEqualTo(7);
        assertThat(partial.component3()).isEqualTo("none");
    }

    @Test
    void aPlaceIsShownAsItIsWrittenInCode() {
        Result team = Values.echo(0, Map.of("users", Map.of("ann", Map.of("age", "x"))));
        record User(int age) {}
        record Team(Map<String, User> users) {}
        assertRefused(
                () -> team.get(1, Team.class),
                "f: value 1.users[\"ann\"].age: expected a whole number (int), got the string \"x\"");
        assertRefused(
                () -> Values.echo(Map.of(1, 2)).as(new TypeRef<Map<String, Integer>>() {}),
                "f: value 0: a key of the map: expected a string, got the number 1");
    }

    static void assertRefused(ThrowingCallable reading, String message) {
        assertThatThrownBy(reading).isInstanceOf(ConversionException.class).hasMessageContaining(message);
    }
}
