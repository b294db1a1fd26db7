package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Holds the tests to docs/contract.md: at least one test names each promise that isn't marked open, and none that is. */
class ContractCoverageTest {
    @Test
    void everyPromiseHasATestThatNamesItUnlessItIsOpen() throws Exception {
        Contract contract = Contract.ofThisRepository();
        Map<String, String> named = named();

        assertThat(contract.problems()).as("docs/contract.md is malformed").isEmpty();
        assertThat(contract.built()).hasSizeGreaterThan(40);
        assertThat(without(contract.built(), named.keySet()))
                .as("promises of docs/contract.md that no test names; add @Promise to a test, or *(open)* to the page")
                .isEmpty();
        Map<String, String> early = new TreeMap<>(named);
        early.keySet().retainAll(contract.open());
        assertThat(early)
                .as("promises that a test holds, though docs/contract.md marks them as open: remove the mark")
                .isEmpty();
        Map<String, String> unknown = new TreeMap<>(named);
        unknown.keySet().removeAll(contract.built());
        assertThat(unknown)
                .as("promises that a test names and docs/contract.md doesn't have; it has %s", contract.built())
                .isEmpty();
    }

    /** What the tests of this module name, with one of the tests that do. */
    private static Map<String, String> named() throws IOException, URISyntaxException, ClassNotFoundException {
        Map<String, String> named = new TreeMap<>();
        for (Class<?> tests : testClasses()) {
            for (Method method : tests.getDeclaredMethods()) {
                Promise[] promises = method.getAnnotationsByType(Promise.class);
                String name = tests.getSimpleName() + "." + method.getName();
                if (promises.length > 0) {
                    assertThat(AnnotationSupport.isAnnotated(method, Testable.class))
                            .as("%s names a promise: expected a test", name)
                            .isTrue();
                }
                Arrays.stream(promises).forEach(promise -> named.put(promise.value(), name));
            }
        }
        return named;
    }

    private static List<Class<?>> testClasses() throws IOException, URISyntaxException, ClassNotFoundException {
        String own = ContractCoverageTest.class.getName().replace('.', '/') + ".class";
        URL url = Objects.requireNonNull(ContractCoverageTest.class.getResource("/" + own));
        Path root = Path.of(url.toURI());
        for (int depth = Path.of(own).getNameCount(); depth > 0; depth--) {
            root = Objects.requireNonNull(root.getParent());
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith("Test.class")).toList();
        }
        List<Class<?>> classes = new ArrayList<>();
        for (Path file : files) {
            String name = root.relativize(file).toString().replaceFirst("\\.class$", "");
            classes.add(Class.forName(
                    name.replace(file.getFileSystem().getSeparator(), "."),
                    false,
                    ContractCoverageTest.class.getClassLoader()));
        }
        return classes;
    }

    private static Set<String> without(Iterable<String> all, Iterable<String> some) {
        Set<String> left = new TreeSet<>();
        all.forEach(left::add);
        some.forEach(left::remove);
        return left;
    }
}
