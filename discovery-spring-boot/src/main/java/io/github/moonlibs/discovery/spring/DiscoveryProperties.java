package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.MethodRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the client that is configured automatically. What isn't set keeps the library's default; the option of
 * the same name in {@link io.github.moonlibs.discovery.ClientOptions.Builder} says what it means and which values it takes.
 *
 * @param topology URI of the topology, such as static:10.0.0.1:3301,10.0.0.2:3301 or etcd://10.0.0.1:2379/users. Either this
 *     or the endpoints are required.
 * @param endpoints Instances themselves, each as host:port, [v6]:port or unix/:/path.
 * @param user User to log in as where an endpoint names none. By default, the server's guest.
 * @param password Password of the user.
 * @param ssl TLS towards the instances.
 * @param strategy Weight strategy of all methods that have none of their own.
 * @param methodStrategies Weight strategies of single methods, by the method's name.
 * @param rules For servers that announce nothing, which of them serve which methods.
 * @param discoveryProcedure Procedure that announces what an instance serves.
 * @param discoveryInterval Time between two questions to an instance.
 * @param discoveryTimeout Time an instance has to answer such a question.
 * @param announcementMaxAge Time an announcement stays in force while an instance answers calls, but no questions.
 * @param startTimeout Time the start of the application waits for the first instance. Zero: it doesn't wait.
 * @param connectTimeout Time a connection has to be made.
 * @param reconnectDelay First pause before a lost connection is made again.
 * @param drainTimeout Time calls in flight have to finish when an instance is removed or the application stops.
 * @param slowStart Time in which an instance that has joined or come back gets its whole share.
 * @param maxInFlightPerNode Calls under way on one instance; further ones wait until their deadline.
 * @param maxWaitingCalls Calls that may wait for an instance; further ones fail at once.
 * @param maxReplySize Size of the largest reply that is read.
 * @param ioThreads Threads that read from the connections.
 * @param acceptEmptyTopology Whether a topology without instances counts.
 * @param retryBudget Bound on retries and hedges.
 * @param outliers When an instance whose calls fail is left out for a while.
 * @param call Options of calls that have none of their own.
 */
@ConfigurationProperties("discovery")
public record DiscoveryProperties(
        @Nullable String topology,
        @DefaultValue List<String> endpoints,
        @Nullable String user,
        @Nullable String password,
        @DefaultValue Ssl ssl,
        @Nullable String strategy,
        @DefaultValue Map<String, String> methodStrategies,
        @DefaultValue List<RuleProperties> rules,
        @Nullable String discoveryProcedure,
        @Nullable Duration discoveryInterval,
        @Nullable Duration discoveryTimeout,
        @Nullable Duration announcementMaxAge,
        @Nullable Duration startTimeout,
        @Nullable Duration connectTimeout,
        @Nullable Duration reconnectDelay,
        @Nullable Duration drainTimeout,
        @Nullable Duration slowStart,
        @Nullable Integer maxInFlightPerNode,
        @Nullable Integer maxWaitingCalls,
        @Nullable DataSize maxReplySize,
        @Nullable Integer ioThreads,
        @Nullable Boolean acceptEmptyTopology,
        @DefaultValue RetryBudgetProperties retryBudget,
        @DefaultValue OutlierProperties outliers,
        @DefaultValue CallProperties call) {

    /**
     * TLS towards the instances.
     *
     * @param bundle Name of an SSL bundle, as in spring.ssl.bundle. By default, connections are in the clear.
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * Which servers serve some methods.
     *
     * @param methods A method's name, or the beginning of several followed by *.
     * @param mode Which of them, by whether they are writable.
     * @param retriable Whether a call that failed may be made again elsewhere.
     */
    public record RuleProperties(
            String methods,
            MethodRule.Mode mode,
            @DefaultValue("false") boolean retriable) {}

    /**
     * The bound on retries and hedges.
     *
     * @param ratio Extra attempts for each call of the last 10 s.
     * @param minPerSecond Extra attempts a second that are always allowed.
     */
    public record RetryBudgetProperties(
            @Nullable Double ratio, @Nullable Integer minPerSecond) {}

    /**
     * When an instance is left out for a while.
     *
     * @param enabled Whether instances are left out because of their calls.
     * @param failureRate Share of failed calls, from 0 to 1, from which on an instance is left out.
     * @param windowCalls Last calls of an instance that are looked at.
     * @param minimumCalls Calls in the window below which an instance isn't judged.
     * @param maxEjectedShare Share of a method's instances, from 0 to 1, that may be left out at once.
     * @param baseEjection First time for which an instance is left out.
     * @param maxEjection Longest time for which an instance is left out.
     */
    public record OutlierProperties(
            @DefaultValue("true") boolean enabled,
            @Nullable Double failureRate,
            @Nullable Integer windowCalls,
            @Nullable Integer minimumCalls,
            @Nullable Double maxEjectedShare,
            @Nullable Duration baseEjection,
            @Nullable Duration maxEjection) {}

    /**
     * The options of calls that have none of their own.
     *
     * @param timeout Time one attempt may take.
     * @param deadline Time the whole call may take, from its start.
     * @param maxAttempts Attempts one call may make.
     * @param failFast Whether a call fails at once, instead of waiting, when no instance can take it.
     * @param hedging When another attempt starts beside one that is unanswered: late, none, p95, or after a time such as 20ms.
     */
    public record CallProperties(
            @Nullable Duration timeout,
            @Nullable Duration deadline,
            @Nullable Integer maxAttempts,
            @Nullable Boolean failFast,
            @Nullable String hedging) {}

    /** Everything but the password and what else might hold one. */
    @Override
    public String toString() {
        return "DiscoveryProperties[strategy=" + strategy + ", call=" + call + "]";
    }
}
