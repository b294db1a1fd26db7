package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread's context class loader need not know the library. */
class ContextClassLoaderTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientOpensWhateverTheContextClassLoaderSees(boolean platform) throws Exception {
        call(platform ? ClassLoader.getPlatformClassLoader() : null);
    }

    @Test
    void anotherCopyOfTheLibraryInTheContextClassLoaderIsLeftAlone() throws Exception {
        call(new AnotherCopy());
    }

    /** Has this library's interfaces as classes of its own, as a second deployment in the same server has. */
    private static final class AnotherCopy extends ClassLoader {
        AnotherCopy() {
            super(ContextClassLoaderTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.github.moonlibs.discovery.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : copy(name);
            }
        }

        private Class<?> copy(String name) throws ClassNotFoundException {
            try (var bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] code = bytes.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (java.io.IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static void call(@Nullable ClassLoader context) throws Exception {
        CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
        try (FakeNode node = FakeNode.start().announce("echo", 100, true)) {
            Thread thread = Thread.ofPlatform().unstarted(() -> {
                try (DiscoveryClient client =
                        Clients.patient().endpoints(node.endpoint()).connect()) {
                    answer.complete(client.call("echo", String.class, "x"));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
            thread.setContextClassLoader(context);
            thread.start();
            assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("x");
            thread.join();
        }
    }
}
