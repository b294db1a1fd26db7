package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> METHODS = List.of("users.get", "users.list", "orders.get", "m", "users.set");

    @Test
    void fewWrongLettersAndSwappedOnesAreForgiven() {
        assertThat(Nearest.to("users.gte", METHODS)).startsWith("users.get");
        assertThat(Nearest.to("Users.Get", METHODS)).startsWith("users.get", "users.set");
        assertThat(Nearest.to("usres.lsit", METHODS)).containsExactly("users.list");
    }

    @Test
    void whatIsFarIsNotSuggested() {
        assertThat(Nearest.to("payments.refund", METHODS)).isEmpty();
        assertThat(Nearest.to("", METHODS)).containsExactly("m");
        assertThat(Nearest.question("xyz", METHODS)).isEmpty();
        assertThat(Nearest.question("users.gte", List.of("users.get"))).isEqualTo("did you mean users.get?");
    }
}
