package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The API that was agreed on is on record, so that every change of it is a change of a file, which a review sees. Run with
 * {@code -Dapi.update=true} (that is {@code ./dev api}) to record the API as it is now. Whether a change breaks users of the
 * last release is what japicmp says, from the first release on.
 */
class PublicApiTest {
    private static final Path RECORD = Path.of("src", "api", "discovery-api.txt");

    @Test
    void thePublicApiIsTheOneOnRecord() throws IOException, URISyntaxException {
        String now = PublicApi.of(Path.of(DiscoveryClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()));
        if (Boolean.getBoolean("api.update")) {
            Files.createDirectories(RECORD.getParent());
            Files.writeString(RECORD, now);
        }

        assertThat(now)
                .as("the public API against %s; if the change is meant, run ./dev api and commit the file", RECORD)
                .isEqualTo(Files.readString(RECORD));
    }

    public interface Before<T extends @Nullable Object> extends Runnable {
        int LIMIT = 1;

        T first(String text, @Nullable Object... more) throws IOException;

        default List<@Nullable String> second() {
            return List.of();
        }

        @Override
        String toString();
    }

    public sealed interface After permits After.Only {
        T1 first(@Nullable String text);

        record Only(int number) implements After {
            @Override
            public T1 first(@Nullable String text) {
                return T1.A;
            }
        }

        enum T1 {
            B,
            A
        }
    }

    @Test
    void everyPartOfASignatureIsInTheText() {
        assertThat(PublicApi.of(Before.class).lines())
                .containsExactly(
                        "public static interface PublicApiTest.Before<T extends @Nullable Object>"
                                + " extends Runnable",
                        "    public static final int LIMIT",
                        "    public abstract T first(String, @Nullable Object...) throws IOException",
                        "    public default List<@Nullable String> second()");
        assertThat(PublicApi.of(After.class).lines())
                .containsExactly(
                        "public static sealed interface PublicApiTest.After permits PublicApiTest.After.Only",
                        "    public abstract PublicApiTest.After.T1 first(@Nullable String)");
        assertThat(PublicApi.of(After.Only.class).lines())
                .containsExactly(
                        "public static final record PublicApiTest.After.Only implements PublicApiTest.After",
                        "    public PublicApiTest.After.Only(int)",
                        "    public PublicApiTest.After.T1 first(@Nullable String)",
                        "    public int number()");
        assertThat(PublicApi.of(After.T1.class).lines())
                .first()
                .asString()
                .endsWith("enum PublicApiTest.After.T1 { B, A }");
    }
}
