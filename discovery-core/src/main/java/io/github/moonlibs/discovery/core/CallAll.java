package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A call to every node that serves a method, all at the same time; one attempt each. */
final class CallAll {
    private final Call call;
    private final TaskScope.Factory scopes;

    CallAll(Call call, TaskScope.Factory scopes) {
        this.call = call;
        this.scopes = scopes;
    }

    List<NodeReply> run(String method, List<?> arguments) {
        List<Route> routes = call.allRoutes();
        AtomicReferenceArray<@Nullable NodeReply> replies = new AtomicReferenceArray<>(routes.size());
        AtomicReference<@Nullable RuntimeException> unsendable = new AtomicReference<>();
        long start = System.nanoTime();
        try (TaskScope scope = scopes.open(call.deadline())) {
            for (int i = 0; i < routes.size(); i++) {
                int index = i;
                Route route = routes.get(i);
                scope.fork("discovery-call " + route.instance().name(), () -> {
                    try {
                        replies.set(index, attempt(route, method, arguments));
                    } catch (RuntimeException e) {
                        // an argument that cannot be sent, on any node
                        unsendable.set(e);
                    }
                });
            }
            scope.join();
        } catch (InterruptedException interrupt) {
            throw call.interrupted(interrupt);
        }
        RuntimeException e = unsendable.get();
        if (e != null) {
            throw e;
        }
        return IntStream.range(0, routes.size())
                .mapToObj(i -> {
                    NodeReply reply = replies.get(i);
                    return reply != null ? reply : timedOut(routes.get(i), start);
                })
                .toList();
    }

    /** What came of an attempt on the node; null if the deadline came first. */
    private @Nullable NodeReply attempt(Route route, String method, List<?> arguments) {
        long start = System.nanoTime();
        long nanos = call.attemptNanos(start);
        if (nanos <= 0) {
            return null;
        }
        // ahead of the gate, which has to be left again: the caller's own list may throw
        List<?> sent = call.withTimeout(arguments, nanos);
        try {
            if (!route.session().enter(method)) {
                throw AttemptException.notSent(
                        route.instance() + ": maxInFlightPerNode: "
                                + route.session().maxInFlight() + " calls are under way already on it",
                        null);
            }
            Result result = route.session().call(method, sent, nanos);
            return new NodeReply(route.instance(), since(start), result, null);
        } catch (AttemptException failure) {
            return new NodeReply(route.instance(), since(start), null, failure);
        } catch (InterruptedException deadline) {
            return null;
        }
    }

    /** The scope was faster than the attempt's own clock. */
    private static NodeReply timedOut(Route route, long start) {
        String message = route.instance() + ": no reply by the deadline";
        return new NodeReply(
                route.instance(), since(start), null, new AttemptException(Kind.TIMEOUT, true, message, null));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
