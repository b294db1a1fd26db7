package io.github.moonlibs.discovery.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Base of the tests of a command on real servers, which are started once for all tests of a class. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnServers {
    private @Nullable Servers servers;

    @BeforeAll
    void startServers() {
        servers = new Servers();
    }

    @AfterAll
    void stopServers() {
        servers().close();
    }

    Servers servers() {
        return Objects.requireNonNull(servers);
    }

    /**
     * Runs the command on these endpoints. It waits until all have answered or failed, however busy the machine is; one that
     * it would wait for in vain lets the test fail.
     */
    static Run run(String command, String endpoints, String... more) {
        return run(command, endpoints, List.of(), more);
    }

    /** @param options more of them */
    static Run run(String command, String endpoints, List<String> options, String... more) {
        List<String> line = new ArrayList<>(List.of(command, "--endpoints", endpoints, "--wait", "1h"));
        line.addAll(options);
        line.addAll(List.of(more));
        return Run.of(line.toArray(String[]::new));
    }
}
