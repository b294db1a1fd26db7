package io.github.moonlibs.discovery.spring;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The client doesn't take what a property says, or what several say together. The message has names and no values of its own. */
final class RefusedPropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // exceptions can be written to streams, and values need not be
    private final transient List<Property<?>> properties;
    private final String reason;

    RefusedPropertyException(Property<?> property, RuntimeException refused) {
        this(List.of(property), refused);
    }

    RefusedPropertyException(List<Property<?>> properties, RuntimeException refused) {
        super(
                properties.stream().map(Property::name).collect(Collectors.joining(" and ")) + ": "
                        + reason(properties, refused),
                refused);
        this.properties = properties;
        this.reason = reason(properties, refused);
    }

    /** What the option says, without the option's name where the property has the same. */
    private static String reason(List<Property<?>> properties, RuntimeException refused) {
        String message = String.valueOf(refused.getMessage());
        int colon = message.indexOf(": ");
        if (colon < 0 || properties.size() != 1) {
            return message;
        }
        String option = DataObjectPropertyName.toDashedForm(message.substring(0, colon));
        return properties.getFirst().name().endsWith("." + option) ? message.substring(colon + 2) : message;
    }

    List<Property<?>> properties() {
        return properties;
    }

    String reason() {
        return reason;
    }
}
