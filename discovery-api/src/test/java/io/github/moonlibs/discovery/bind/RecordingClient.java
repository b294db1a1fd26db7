package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.PreparedMethod;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.RetryBudgetSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.Transaction;
import io.github.moonlibs.discovery.WatchedValue;
import io.github.moonlibs.discovery.Watching;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that remembers its calls, and answers each with the values that were set last. */
public final class RecordingClient implements DiscoveryClient {
    /** One call. */
    public record Call(String method, List<@Nullable Object> arguments, CallOptions options, boolean ofAllNodes) {}

    private final ClientOptions options;
    private final List<Call> calls = new ArrayList<>();
    private List<@Nullable Object> answer = List.of();
    private @Nullable Type lastType;

    public RecordingClient(CallOptions callOptions) {
        options = DiscoveryClient.builder()
                .endpoints("a:1")
                .callOptions(callOptions)
                .build();
    }

    public RecordingClient answering(@Nullable Object... values) {
        answer = Arrays.asList(values);
        return this;
    }

    public Call lastCall() {
        return calls.getLast();
    }

    /** What the last answer was asked for as. */
    public @Nullable Type lastType() {
        return lastType;
    }

    public int calls() {
        return calls.size();
    }

    @Override
    public ClientOptions options() {
        return options;
    }

    @Override
    public Result call(String method, List<?> arguments, CallOptions callOptions) {
        calls.add(new Call(method, new ArrayList<>(arguments), callOptions, false));
        return new Values(answer, type -> lastType = type);
    }

    @Override
    public List<NodeReply> callAll(String method, List<?> arguments, CallOptions callOptions) {
        calls.add(new Call(method, new ArrayList<>(arguments), callOptions, true));
        return List.of();
    }

    @Override
    public List<CallOutcome> callMany(String method, List<? extends List<?>> arguments, CallOptions callOptions) {
        return arguments.stream()
                .map(each -> new CallOutcome(call(method, each, callOptions), null))
                .toList();
    }

    @Override
    public PreparedMethod method(String name) {
        return new PreparedMethod() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Result call(List<?> arguments) {
                return call(arguments, options.callOptions());
            }

            @Override
            public Result call(List<?> arguments, CallOptions callOptions) {
                return RecordingClient.this.call(name, arguments, callOptions);
            }

            @Override
            public List<CallOutcome> callMany(List<? extends List<?>> arguments) {
                return RecordingClient.this.callMany(name, arguments);
            }

            @Override
            public List<CallOutcome> callMany(List<? extends List<?>> arguments, CallOptions callOptions) {
                return RecordingClient.this.callMany(name, arguments, callOptions);
            }
        };
    }

    @Override
    public RetryBudgetSnapshot retryBudget() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Watching watch(String key, @Nullable String method, Consumer<WatchedValue> listener) {
        throw new UnsupportedOperationException("bound interfaces watch nothing");
    }

    @Override
    public Transaction begin(String method, CallOptions options, Transaction.Isolation isolation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitMethod(String method, int nodes, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ClientSnapshot snapshot() {
        throw new UnsupportedOperationException();
    }

    @Override
    public TopologySnapshot topology() {
        throw new UnsupportedOperationException();
    }

    @Override
    public RoutingSnapshot routing() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "a recording client";
    }

    /** Values that have the type that is asked for already. */
    private record Values(List<@Nullable Object> values, Consumer<Type> asked) implements Result {
        @Override
        public int size() {
            return values.size();
        }

        @Override
        public @Nullable Object get(int index, Type type) {
            asked.accept(type);
            Object value = values.get(index);
            boolean optional = type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
            return optional ? Optional.ofNullable(value) : value;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> List<@Nullable T> getList(int index, Class<T> type) {
            return (List<@Nullable T>) Objects.requireNonNull(get(index, List.class));
        }

        @Override
        public Object asRow(Type type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ByteBuffer raw() {
            throw new UnsupportedOperationException();
        }
    }
}
