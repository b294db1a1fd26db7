package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One contract for every variant that this JVM can run. */
@NullUnmarked // a null where there should be none fails the test, as it should
class DeadlineBindingTest {
    private static final Deadline NEAR = Deadline.after(Duration.ofHours(1));
    private static final Deadline FAR = Deadline.after(Duration.ofHours(2));

    static Stream<DeadlineBinding> variants() {
        return Stream.of(new ThreadBinding(), DeadlineBinding.best());
    }

    @Test
    void aScopedValueServesFromJdk25OnWhereItsVariantWasCompiled() {
        // a build without jdk25.home has only one variant
        boolean compiled = DeadlineBinding.class.getResource("ScopedBinding25.class") != null;

        assertThat(DeadlineBinding.best() instanceof ThreadBinding)
                .isEqualTo(Runtime.version().feature() < 25 || !compiled);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void nothingIsBoundAtFirst(DeadlineBinding binding) {
        assertThat(binding.current()).isNull();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theInnermostBindingCountsUntilItsBlockEnds(DeadlineBinding binding) throws Exception {
        String result = binding.call(FAR, () -> {
            assertThat(binding.current()).isEqualTo(FAR);
            binding.call(NEAR, () -> assertThat(binding.current()).isEqualTo(NEAR));
            assertThat(binding.current()).isEqualTo(FAR);
            return "result";
        });
        assertThat(result).isEqualTo("result");
        assertThat(binding.current()).isNull();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anExceptionEndsABindingToo(DeadlineBinding binding) throws Exception {
        binding.call(FAR, () -> {
            assertThatThrownBy(() -> binding.call(NEAR, () -> {
                        throw new IOException("thrown by a test");
                    }))
                    .isInstanceOf(IOException.class);
            return assertThat(binding.current()).isEqualTo(FAR);
        });
        assertThatThrownBy(() -> binding.call(NEAR, () -> {
                    throw new StackOverflowError("thrown by a test");
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(binding.current()).isNull();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aThreadStartedInsideABindingDoesNotInheritIt(DeadlineBinding binding) throws Exception {
        AtomicReference<Deadline> seen = new AtomicReference<>(NEAR);
        binding.call(FAR, () -> {
            Thread.ofVirtual().start(() -> seen.set(binding.current())).join();
            return null;
        });
        assertThat(seen.get()).isNull();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyThreadHasItsOwn(DeadlineBinding binding) throws Exception {
        AtomicReference<Deadline> other = new AtomicReference<>();
        binding.call(FAR, () -> {
            Thread.ofPlatform()
                    .start(() -> {
                        try {
                            other.set(binding.call(NEAR, binding::current));
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .join();
            return assertThat(binding.current()).isEqualTo(FAR);
        });
        assertThat(other.get()).isEqualTo(NEAR);
    }
}
