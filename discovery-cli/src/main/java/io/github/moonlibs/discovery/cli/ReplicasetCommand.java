package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common: a replicaset, and how to reach it. */
abstract class ReplicasetCommand implements Callable<Integer> {
    @Option(
            names = "--topology",
            paramLabel = "URI",
            order = 1,
            description =
                    "Where the instances are: static:HOST:PORT,…, seed://HOST:PORT,…, or in the image that has etcd"
                            + " etcd://HOST:PORT/PREFIX or file:PATH.")
    private @Nullable String topology;

    @Option(
            names = "--endpoints",
            paramLabel = "ENDPOINT",
            split = ",",
            order = 2,
            description = "The instances themselves: [USER:PASSWORD@]HOST:PORT, or unix/:/PATH.")
    private List<String> endpoints = List.of();

    @Option(names = "--user", paramLabel = "NAME", order = 3, description = "The user to log in as. Default: guest.")
    private @Nullable String user;

    @Option(
            names = "--password",
            paramLabel = "WORD",
            order = 4,
            description =
                    "The user's password. DISCOVERY_PASSWORD is safer, because other users can see a command line."
                            + " A missing password is asked for, unless the output is piped.")
    private @Nullable String password;

    @Option(
            names = "--discovery-procedure",
            paramLabel = "NAME",
            order = 5,
            defaultValue = "api.discovery",
            description = "The procedure that announces what an instance serves. Default: ${DEFAULT-VALUE}.")
    private String discoveryProcedure = "";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            order = 6,
            defaultValue = "5s",
            description = "How long the instances may take to be found and to answer. Default: ${DEFAULT-VALUE}.")
    private Duration patience = Duration.ZERO;

    @Option(names = "--debug", order = 90, description = "Show the library's log and stack traces.")
    private boolean debug;

    @Option(names = "--json", order = 80, description = "Write JSON, one object per line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    private final Questions questions = new Questions();

    final Shell shell;

    ReplicasetCommand(Shell shell) {
        this.shell = shell;
    }

    boolean debug() {
        return debug;
    }

    boolean json() {
        return json;
    }

    /** What the nodes of the client that was opened have been asked. */
    Questions questions() {
        return questions;
    }

    Duration patience() {
        return patience;
    }

    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** An empty name usually comes from a variable of the shell that is not set. */
    void requireName(String method) {
        if (method.isBlank()) {
            throw wrong("METHOD: expected the name of a procedure, got an empty string");
        }
    }

    /**
     * Opens the client that the options describe for a short look, and waits for its first node. Each instance gets all the
     * time that it may take: three fifths of it to be connected to, the rest to say what it serves, and no less than the
     * library's defaults.
     */
    DiscoveryClient connectBriefly() {
        ClientOptions.Builder options = options();
        ClientOptions defaults = options.build();
        options.connectTimeout(longer(defaults.connectTimeout(), fifths(3)));
        options.discoveryTimeout(longer(defaults.discoveryTimeout(), fifths(2)));
        return open(options, patience);
    }

    private Duration fifths(int count) {
        return patience.multipliedBy(count).dividedBy(5);
    }

    /** Opens the client that the options describe for a while, and waits this long for its first node. */
    DiscoveryClient connect(Duration startTimeout) {
        return open(options(), startTimeout);
    }

    private DiscoveryClient open(ClientOptions.Builder options, Duration startTimeout) {
        Logs.show(debug ? shell.err() : null);
        return options.startTimeout(startTimeout).connect();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private ClientOptions.Builder options() {
        ClientOptions.Builder options = DiscoveryClient.builder()
                .discoveryProcedure(discoveryProcedure)
                .observer(new AttemptLog())
                .observer(questions);
        logIn(options);
        String uri = topology != null || !endpoints.isEmpty() ? topology : variable("DISCOVERY_TOPOLOGY");
        if (uri == null && endpoints.isEmpty()) {
            throw wrong("expected either --topology or --endpoints, or a URI in the variable DISCOVERY_TOPOLOGY");
        }
        if (uri != null && !endpoints.isEmpty()) {
            throw wrong("expected either --topology or --endpoints, got both");
        }
        return uri != null ? options.topology(uri) : options.endpoints(endpoints.toArray(String[]::new));
    }

    private void logIn(ClientOptions.Builder options) {
        String name = user != null ? user : variable("DISCOVERY_USER");
        if (name == null) {
            if (password != null) {
                throw wrong("--password needs --user");
            }
            return;
        }
        String word = password != null ? password : shell.environment().get("DISCOVERY_PASSWORD");
        if (word == null) {
            if (!shell.terminal().isInteractive()) {
                throw wrong("--user needs --password or DISCOVERY_PASSWORD: there is no terminal to ask for it");
            }
            word = shell.terminal().ask("Password of " + SafeText.name(name) + ": ");
        }
        options.credentials(name, word);
    }

    /** An empty variable counts as one that is not set. Only a password may be empty. */
    private @Nullable String variable(String name) {
        String value = shell.environment().getOrDefault(name, "");
        return value.isEmpty() ? null : value;
    }
}
