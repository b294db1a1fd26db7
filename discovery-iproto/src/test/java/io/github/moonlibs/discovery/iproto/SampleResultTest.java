package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Naming;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.TypeRef;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Results that tests make. */
class SampleResultTest {
    record User(long userId, String name) {}

    private static final User ANN = new User(42, "Ann");

    @Test
    void aSampleIsReadLikeAReply() {
        Result result = Result.of(ANN, null, List.of(ANN));
        assertThat(result.size()).isEqualTo(3);
        assertThat(result.as(User.class)).isEqualTo(ANN);
        assertThat(result.get(1)).isNull();
        assertThat(result.get(2, new TypeRef<List<User>>() {})).containsExactly(ANN);
        assertThat(result.get(0)).isEqualTo(Map.of("userId", 42L, "name", "Ann"));
        assertThat(Result.of().size()).isZero();
        for (Result nothing : List.of(Result.of(), Result.of((Object) null))) {
            assertThat(nothing.as(User.class)).isNull();
            assertThat(nothing.as(new TypeRef<Optional<User>>() {})).isEmpty();
            assertThat(nothing.as((Type) Optional.class)).isEqualTo(Optional.empty());
        }
        assertThat(Result.of((Object) null).size()).isEqualTo(1);
        assertThat(Result.of(1).raw().get(0)).isEqualTo((byte) 0x91);
    }

    @Test
    void aSampleFollowsTheOptionsOfAClient() {
        ClientOptions snakes = DiscoveryClient.builder()
                .endpoints("a:1")
                .naming(Naming.SNAKE_CASE)
                .build();
        assertThat(Result.of(snakes, List.of(ANN)).get(0)).isEqualTo(Map.of("user_id", 42L, "name", "Ann"));
    }

    @Test
    void whatCannotBeSentIsNoSample() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Result.of(Thread.currentThread()))
                .withMessageStartingWith("argument 0: cannot send Thread");
    }
}
