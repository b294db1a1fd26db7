package io.github.moonlibs.discovery.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build takes any JDK from 21 on, and the best of those that are there. */
class JdksTest {
    @TempDir
    private Path homes;

    @BeforeEach
    void putJdks() throws IOException {
        for (String version : new String[] {"17.0.15", "21.0.7", "25", "26.0.1", "27-ea", "30"}) {
            Path home = Files.createDirectories(homes.resolve(version));
            Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
            Path javac = Files.createDirectory(home.resolve("bin")).resolve("javac");
            Files.createFile(javac);
            assertThat(javac.toFile().setExecutable(true)).isTrue();
        }
    }

    /** What a function of scripts/jdks.sh prints when these JDKs are on the machine. */
    private String run(String function, String... versions) throws IOException, InterruptedException {
        StringBuilder found = new StringBuilder();
        for (String version : versions) {
            found.append("echo '").append(homes.resolve(version)).append("'; ");
        }
        Process shell = new ProcessBuilder(
                        "bash",
                        "-euo",
                        "pipefail",
                        "-c",
                        ". scripts/jdks.sh; jdk_homes() { " + found + "}; " + function)
                .directory(Documentation.file(".").toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), UTF_8);
        assertThat(shell.waitFor()).as(printed).isZero();
        return printed.strip();
    }

    private String home(String version) {
        return homes.resolve(version).toString();
    }

    @Test
    void anyJdkFrom21OnBuilds() throws Exception {
        assertThat(run("best_jdk", "17.0.15")).isEmpty();
        for (String version : new String[] {"21.0.7", "25", "26.0.1", "27-ea", "30"}) {
            assertThat(run("best_jdk", "17.0.15", version)).isEqualTo(home(version));
        }
        assertThat(Documentation.read("pom.xml"))
                .as("what Maven asks for")
                .contains("<requireJavaVersion>\n                  <version>[21,)</version>");
    }

    @Test
    void the25thIsTheBestThenThe21stThenTheNewest() throws Exception {
        assertThat(run("best_jdk", "17.0.15", "30", "21.0.7", "25", "27-ea")).isEqualTo(home("25"));
        assertThat(run("best_jdk", "17.0.15", "30", "21.0.7", "27-ea")).isEqualTo(home("21.0.7"));
        assertThat(run("best_jdk", "26.0.1", "30", "27-ea")).isEqualTo(home("30"));
    }

    @Test
    void aJdkIsFoundByItsVersion() throws Exception {
        assertThat(run("jdk 27", "17.0.15", "25", "27-ea")).isEqualTo(home("27-ea"));
        assertThat(run("jdk 17", "17.0.15", "25")).isEmpty();
    }
}
