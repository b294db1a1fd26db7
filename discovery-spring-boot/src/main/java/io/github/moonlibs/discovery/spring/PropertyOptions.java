package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.MethodRule;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RetryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** Makes options of properties. A property that isn't set leaves its option alone. */
final class PropertyOptions {
    private PropertyOptions() {}

    /** @throws RefusedPropertyException if an option doesn't take a property's value */
    static void apply(DiscoveryProperties properties, ClientOptions.Builder options) {
        strategy(properties).to(options::strategy);
        properties
                .methodStrategies()
                .forEach((methods, strategy) ->
                        methodStrategy(methods, strategy).to(name -> options.strategy(methods, name)));
        for (int i = 0; i < properties.rules().size(); i++) {
            rule("discovery.rules[" + i + "]", properties.rules().get(i), options);
        }
        Property.of("discovery.discovery-procedure", properties.discoveryProcedure())
                .to(options::discoveryProcedure);
        Property.of("discovery.discovery-interval", properties.discoveryInterval())
                .to(options::discoveryInterval);
        Property.of("discovery.discovery-timeout", properties.discoveryTimeout())
                .to(options::discoveryTimeout);
        Property.of("discovery.announcement-max-age", properties.announcementMaxAge())
                .to(options::announcementMaxAge);
        Property.of("discovery.start-timeout", properties.startTimeout()).to(options::startTimeout);
        Property.of("discovery.connect-timeout", properties.connectTimeout()).to(options::connectTimeout);
        Property.of("discovery.reconnect-delay", properties.reconnectDelay()).to(options::reconnectDelay);
        Property.of("discovery.drain-timeout", properties.drainTimeout()).to(options::drainTimeout);
        Property.of("discovery.slow-start", properties.slowStart()).to(options::slowStart);
        Property.of("discovery.max-in-flight-per-node", properties.maxInFlightPerNode())
                .to(options::maxInFlightPerNode);
        Property.of("discovery.max-waiting-calls", properties.maxWaitingCalls()).to(options::maxWaitingCalls);
        Property.of("discovery.max-reply-size", properties.maxReplySize())
                .to(size -> options.maxReplySize(bytes(size)));
        Property.of("discovery.io-threads", properties.ioThreads()).to(options::ioThreads);
        Property.of("discovery.accept-empty-topology", properties.acceptEmptyTopology())
                .to(options::acceptEmptyTopology);
        options.retryBudget(retryBudget(properties.retryBudget()));
        options.outliers(outliers(properties.outliers()));
        options.callOptions(callOptions(properties.call()));
    }

    /** The properties that name strategies. Whether there are such is known only when the client is made. */
    static List<Property<String>> strategies(DiscoveryProperties properties) {
        List<Property<String>> all = new ArrayList<>();
        all.add(strategy(properties));
        properties.methodStrategies().forEach((methods, strategy) -> all.add(methodStrategy(methods, strategy)));
        return all;
    }

    private static Property<String> strategy(DiscoveryProperties properties) {
        return Property.of("discovery.strategy", properties.strategy());
    }

    private static Property<String> methodStrategy(String methods, String strategy) {
        return Property.of("discovery.method-strategies[" + methods + "]", strategy);
    }

    private static void rule(String name, DiscoveryProperties.RuleProperties rule, ClientOptions.Builder options) {
        Property<String> methods = Property.of(name + ".methods", rule.methods());
        MethodRule.Mode mode = Property.of(name + ".mode", rule.mode()).required();
        methods.required();
        methods.to(names -> options.rule(names, mode, rule.retriable()));
    }

    private static int bytes(DataSize size) {
        try {
            return Math.toIntExact(size.toBytes());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("expected less than 2GB, got " + size, e);
        }
    }

    private static RetryBudget retryBudget(DiscoveryProperties.RetryBudgetProperties properties) {
        RetryBudget budget = Property.of("discovery.retry-budget.ratio", properties.ratio())
                .on(RetryBudget.defaults(), (before, ratio) -> new RetryBudget(ratio, before.minPerSecond()));
        return Property.of("discovery.retry-budget.min-per-second", properties.minPerSecond())
                .on(budget, (before, attempts) -> new RetryBudget(before.ratio(), attempts));
    }

    private static OutlierPolicy outliers(DiscoveryProperties.OutlierProperties properties) {
        if (!properties.enabled()) {
            return OutlierPolicy.off();
        }
        String prefix = "discovery.outliers.";
        return PropertyGroup.of(OutlierPolicy::builder, OutlierPolicy.Builder::build)
                .with(prefix + "failure-rate", properties.failureRate(), OutlierPolicy.Builder::failureRate)
                .with(prefix + "window-calls", properties.windowCalls(), OutlierPolicy.Builder::windowCalls)
                .with(prefix + "minimum-calls", properties.minimumCalls(), OutlierPolicy.Builder::minimumCalls)
                .with(
                        prefix + "max-ejected-share",
                        properties.maxEjectedShare(),
                        OutlierPolicy.Builder::maxEjectedShare)
                .with(prefix + "base-ejection", properties.baseEjection(), OutlierPolicy.Builder::baseEjection)
                .with(prefix + "max-ejection", properties.maxEjection(), OutlierPolicy.Builder::maxEjection)
                .build();
    }

    private static CallOptions callOptions(DiscoveryProperties.CallProperties properties) {
        CallOptions options = CallOptions.defaults();
        options = Property.of("discovery.call.timeout", properties.timeout()).on(options, CallOptions::withTimeout);
        options = Property.of("discovery.call.deadline", properties.deadline()).on(options, CallOptions::withDeadline);
        options = Property.of("discovery.call.max-attempts", properties.maxAttempts())
                .on(options, CallOptions::withMaxAttempts);
        options = Property.of("discovery.call.fail-fast", properties.failFast()).on(options, CallOptions::withFailFast);
        return Property.of("discovery.call.hedging", properties.hedging())
                .on(options, (others, text) -> others.withHedging(hedging(text)));
    }

    private static Hedging hedging(String text) {
        return switch (text) {
            case "late" -> Hedging.late();
            case "none", "false" -> Hedging.none();
            case "p95" -> Hedging.atP95();
            default -> Hedging.after(time(text));
        };
    }

    private static Duration time(String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "expected late, none, p95, or a time such as 20ms, got \"" + text + "\"", e);
        }
    }
}
