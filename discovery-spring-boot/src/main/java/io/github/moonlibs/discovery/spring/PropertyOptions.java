package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RetryBudget;
import java.time.Duration;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** Makes options of properties. A property that isn't set leaves its option alone. */
final class PropertyOptions {
    private static final PropertyMapper SET = PropertyMapper.get();

    private PropertyOptions() {}

    static void apply(DiscoveryProperties properties, ClientOptions.Builder options) {
        SET.from(properties::strategy).to(options::strategy);
        properties.methodStrategies().forEach(options::strategy);
        properties.rules().forEach(rule -> options.rule(rule.methods(), rule.mode(), rule.retriable()));
        SET.from(properties::discoveryProcedure).to(options::discoveryProcedure);
        SET.from(properties::discoveryInterval).to(options::discoveryInterval);
        SET.from(properties::discoveryTimeout).to(options::discoveryTimeout);
        SET.from(properties::announcementMaxAge).to(options::announcementMaxAge);
        SET.from(properties::startTimeout).to(options::startTimeout);
        SET.from(properties::connectTimeout).to(options::connectTimeout);
        SET.from(properties::reconnectDelay).to(options::reconnectDelay);
        SET.from(properties::drainTimeout).to(options::drainTimeout);
        SET.from(properties::slowStart).to(options::slowStart);
        SET.from(properties::maxInFlightPerNode).to(options::maxInFlightPerNode);
        SET.from(properties::maxWaitingCalls).to(options::maxWaitingCalls);
        SET.from(properties::maxReplySize).as(PropertyOptions::bytes).to(options::maxReplySize);
        SET.from(properties::ioThreads).to(options::ioThreads);
        SET.from(properties::acceptEmptyTopology).to(options::acceptEmptyTopology);
        options.retryBudget(retryBudget(properties.retryBudget()));
        options.outliers(outliers(properties.outliers()));
        options.callOptions(callOptions(properties.call()));
    }

    private static int bytes(DataSize size) {
        try {
            return Math.toIntExact(size.toBytes());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("discovery.max-reply-size: expected less than 2GB, got " + size, e);
        }
    }

    private static RetryBudget retryBudget(DiscoveryProperties.RetryBudgetProperties properties) {
        RetryBudget defaults = RetryBudget.defaults();
        Double ratio = properties.ratio();
        Integer minPerSecond = properties.minPerSecond();
        return new RetryBudget(
                ratio == null ? defaults.ratio() : ratio,
                minPerSecond == null ? defaults.minPerSecond() : minPerSecond);
    }

    private static OutlierPolicy outliers(DiscoveryProperties.OutlierProperties properties) {
        if (!properties.enabled()) {
            return OutlierPolicy.off();
        }
        OutlierPolicy.Builder policy = OutlierPolicy.builder();
        SET.from(properties::failureRate).to(policy::failureRate);
        SET.from(properties::windowCalls).to(policy::windowCalls);
        SET.from(properties::minimumCalls).to(policy::minimumCalls);
        SET.from(properties::maxEjectedShare).to(policy::maxEjectedShare);
        SET.from(properties::baseEjection).to(policy::baseEjection);
        SET.from(properties::maxEjection).to(policy::maxEjection);
        return policy.build();
    }

    private static CallOptions callOptions(DiscoveryProperties.CallProperties properties) {
        CallOptions options = CallOptions.defaults();
        if (properties.timeout() != null) {
            options = options.withTimeout(properties.timeout());
        }
        if (properties.deadline() != null) {
            options = options.withDeadline(properties.deadline());
        }
        if (properties.maxAttempts() != null) {
            options = options.withMaxAttempts(properties.maxAttempts());
        }
        if (properties.failFast() != null) {
            options = options.withFailFast(properties.failFast());
        }
        if (properties.hedging() != null) {
            options = options.withHedging(hedging(properties.hedging()));
        }
        return options;
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
                    "discovery.call.hedging: expected late, none, p95, or a time such as 20ms, got \"" + text + "\"",
                    e);
        }
    }
}
