package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.cli.AttemptLog.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Calls a procedure, and names the node that answered. */
@Command(
        name = "call",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description =
                "Calls a procedure on a node that announces it, as applications do, and names the node that answered.",
        footer = {"", "  discovery call --endpoints 10.0.0.1:3301 users.get 42 '\"Ann\"' '{\"full\": true}'"})
final class CallCommand extends ReplicasetCommand {
    @Parameters(index = "0", paramLabel = "METHOD", description = "The name of the procedure, as it is announced.")
    private String method = "";

    @Parameters(index = "1..*", paramLabel = "ARG", description = Arguments.DESCRIPTION)
    private List<String> arguments = List.of();

    @Mixin
    private CallLimits limits = new CallLimits();

    @Option(names = "--all", order = 15, description = "Call every node that serves the method, each once.")
    private boolean all;

    private static final String INDENT = "  ";

    CallCommand(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws InterruptedException {
        requireName(method);
        if (all && limits.hasAttempts()) {
            throw wrong("--attempts: expected none with --all, which calls every node once");
        }
        List<@Nullable Object> values = Arguments.read(arguments, shell.in());
        CallOptions options = limits.options();
        try (DiscoveryClient client = connectBriefly()) {
            if (all) {
                Settling.await(client, patience());
            } else {
                Settling.awaitMethod(client, method, patience());
            }
            // it is settled that no node serves the method now: only an explicit deadline asks to wait for one
            if (!limits.hasDeadline() && client.routing().routes(method).isEmpty()) {
                options = options.withFailFast(true);
            }
            long start = System.nanoTime();
            try {
                return all ? callAll(client, values, options) : callOne(client, values, options);
            } catch (CallException failed) {
                failed(client, failed, Duration.ofNanos(System.nanoTime() - start));
                return Main.AT_FAULT;
            }
        }
    }

    private int callOne(DiscoveryClient client, List<@Nullable Object> values, CallOptions options) {
        List<Seen> attempts = new ArrayList<>();
        long start = System.nanoTime();
        Result result = AttemptLog.call(client, method, values, options, attempts);
        long end = System.nanoTime();
        Seen answered = attempts.getLast();
        NodeReply reply = new NodeReply(answered.node(), Duration.ofNanos(answered.nanos()), result, null);
        Duration whole = Duration.ofNanos(end - start);
        if (json()) {
            shell.out().println(Json.line(Documents.call(method, whole, attempts.size(), List.of(reply))));
            return Main.OK;
        }
        printValues(result, "");
        String retried = attempts.size() == 1
                ? ""
                : ", after " + attempts.size() + " attempts and " + Times.millis(whole) + " in all";
        shell.err()
                .println("answered by " + reply.node() + " in " + Times.millis(reply.duration()) + retried
                        + (result.size() == 0 ? "; nothing was returned" : ""));
        return Main.OK;
    }

    private int callAll(DiscoveryClient client, List<@Nullable Object> values, CallOptions options) {
        long start = System.nanoTime();
        List<NodeReply> replies = client.callAll(method, values, options);
        if (json()) {
            Duration whole = Duration.ofNanos(System.nanoTime() - start);
            shell.out().println(Json.line(Documents.call(method, whole, replies.size(), replies)));
        } else {
            replies.forEach(this::print);
        }
        return replies.stream().allMatch(reply -> reply.failure() == null) ? Main.OK : Main.AT_FAULT;
    }

    private void print(NodeReply reply) {
        AttemptException failure = reply.failure();
        String took = Times.millis(reply.duration());
        shell.out()
                .println(reply.node()
                        + (failure == null ? " in " + took : " failed after " + took + ": " + failure.getMessage()));
        if (reply.result() != null) {
            printValues(reply.result(), INDENT);
        }
    }

    private void printValues(Result result, String indent) {
        ValueText text = new ValueText(shell.columns() - indent.length());
        result.values()
                .forEach(value -> shell.out()
                        .println(text.of(value).indent(indent.length()).stripTrailing()));
    }

    private void failed(DiscoveryClient client, CallException failure, Duration whole) {
        if (json()) {
            shell.out().println(Json.line(Documents.failedCall(failure, whole)));
        }
        shell.err()
                .println("discovery call: " + failure.getMessage()
                        + (failure instanceof NoRouteException ? "; " + Routes.served(method, client.routing()) : ""));
    }
}
