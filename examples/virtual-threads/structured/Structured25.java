import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;

/** Two calls at the same time, in a scope that ends with its deadline. For JDK 25, where scopes are a preview. */
public class Structured25 {
    record User(long id, String name) {}

    public static void main(String[] endpoints) throws Exception {
        Deadline deadline = Deadline.after(Duration.ofSeconds(60));
        try (var client = DiscoveryClient.builder()
                        .endpoints(endpoints)
                        .callOptions(CallOptions.defaults().withTimeout(Duration.ofSeconds(30)))
                        .connect();
                var scope = StructuredTaskScope.open(
                        Joiner.awaitAllSuccessfulOrThrow(), options -> options.withTimeout(deadline.remaining()))) {
            client.awaitMethod("users.list", 1, Duration.ofSeconds(30));
            Subtask<User> user = scope.fork(
                    () -> deadline.call(() -> client.call("users.get", List.of(42), User.class)));
            Subtask<List<User>> all = scope.fork(
                    () -> deadline.call(() -> client.call("users.list", List.of()).getList(0, User.class)));
            // the first failure interrupts the other call, which ends at once
            scope.join();
            System.out.println(user.get().name() + ", one of " + all.get().size());
        }
    }
}
