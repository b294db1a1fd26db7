package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.types.ObjectShape;
import io.github.moonlibs.discovery.types.TypeWords;
import io.github.moonlibs.discovery.types.Types;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Checks whether a parameter can have an argument that can be sent. */
final class SendableTypes {
    private final Types types;
    private final Consumer<String> problems;
    private final Set<Class<?>> seen = new HashSet<>();

    private SendableTypes(Types types, Consumer<String> problems) {
        this.types = types;
        this.problems = problems;
    }

    /** Reports the type, or a record's component, if all its values would be refused. */
    static void check(Types types, Class<?> type, String place, Consumer<String> problems) {
        new SendableTypes(types, problems).check(type, place);
    }

    private void check(Class<?> type, String place) {
        if (type.isArray()) {
            check(type.componentType(), place);
        } else if (!isKnown(type)) {
            switch (types.sending(type)) {
                case Types.Through through -> {}
                case Types.AsMap(ObjectShape shape) -> checkComponents(shape, place);
                case Types.NotAtAll(String reason) -> problems.accept(place + ": " + reason);
                case Types.AsItIs nothing ->
                    problems.accept(
                            place + ": cannot send " + TypeWords.named(type)
                                    + "; expected a type of the arguments that DiscoveryClient's documentation lists, or one that a ValueConverter is for");
            }
        }
    }

    /** A value of an interface, or of a superclass of what can be sent, is checked when it is sent. */
    private static boolean isKnown(Class<?> type) {
        return type.isInterface()
                || type.isEnum()
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type)
                || type == Optional.class
                || Types.mayBeSent(type);
    }

    private void checkComponents(ObjectShape shape, String place) {
        if (seen.add(shape.type())) {
            for (int i = 0; i < shape.size(); i++) {
                check(shape.sentType(i), place + "." + shape.name(i));
            }
        }
    }
}
