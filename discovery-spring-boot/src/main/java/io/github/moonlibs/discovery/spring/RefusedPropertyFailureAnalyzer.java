package io.github.moonlibs.discovery.spring;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** What Spring Boot prints instead of a stack trace, in the form of its own messages about properties. */
final class RefusedPropertyFailureAnalyzer extends AbstractFailureAnalyzer<RefusedPropertyException> {
    /** Their values hold credentials, or may. */
    private static final Set<String> SECRET =
            Set.of("discovery.topology", "discovery.endpoints", "discovery.user", "discovery.password");

    private final Environment environment;

    /** Spring Boot gives this to an analyzer with such a constructor. */
    RefusedPropertyFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedPropertyException cause) {
        String properties = cause.properties().stream().map(this::described).collect(Collectors.joining("\n"));
        String what = cause.properties().size() == 1 ? "the value of a property" : "the values of properties together";
        String names = cause.properties().stream().map(Property::name).collect(Collectors.joining(" or "));
        return new FailureAnalysis(
                "The discovery client refuses " + what + ":\n\n" + properties + "    Reason: " + cause.reason(),
                "Correct " + names + action(names),
                cause);
    }

    private static String action(String names) {
        return names.equals("discovery.topology") ? ". The scheme etcd needs the module discovery-etcd." : ".";
    }

    private String described(Property<?> property) {
        ConfigurationProperty written = written(property.name());
        StringBuilder text = new StringBuilder("    Property: " + property.name() + "\n");
        if (SECRET.contains(property.name())) {
            text.append("    Value: not shown, because it may hold credentials\n");
        } else if (property.value() != null) {
            Object value = written == null ? property.value() : written.getValue();
            text.append("    Value: \"").append(value).append("\"\n");
        }
        if (written != null && written.getOrigin() != null) {
            text.append("    Origin: ").append(written.getOrigin()).append("\n");
        }
        return text.toString();
    }

    /** The property as it is written down, or the first part of a list. */
    private @Nullable ConfigurationProperty written(String name) {
        ConfigurationProperty whole = find(name);
        return whole == null ? find(name + "[0]") : whole;
    }

    private @Nullable ConfigurationProperty find(String name) {
        ConfigurationPropertyName wanted = ConfigurationPropertyName.of(name);
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .map(source -> source.getConfigurationProperty(wanted))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
