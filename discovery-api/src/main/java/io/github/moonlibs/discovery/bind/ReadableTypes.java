package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.types.ObjectShape;
import io.github.moonlibs.discovery.types.Target;
import io.github.moonlibs.discovery.types.TypeWords;
import io.github.moonlibs.discovery.types.Types;
import io.github.moonlibs.discovery.types.UnsupportedTypeException;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Checks whether values can be read as a type, down to the components of records. */
final class ReadableTypes {
    private final Consumer<String> problems;
    private final Set<Class<?>> seen = new HashSet<>();

    private ReadableTypes(Consumer<String> problems) {
        this.problems = problems;
    }

    /** Reports each type, among the type itself and the components of its records, that no value can be read as. */
    static void check(Types types, Type type, Consumer<String> problems) {
        new ReadableTypes(problems).check(types.target(type), "");
    }

    private void check(Target target, String place) {
        switch (target) {
            case Target.Unsupported(String reason) -> report(reason, place);
            case Target.CollectionOf collection -> check(collection.element(), place);
            case Target.ArrayOf array -> check(array.element(), place);
            case Target.OptionalOf(Target value) -> check(value, place);
            case Target.Converted converted -> check(converted.form(), place);
            case Target.MapOf map -> {
                check(map.key(), place);
                check(map.value(), place);
            }
            case Target.ObjectOf of -> checkComponents(of, place);
            case Target.Any any -> {}
            case Target.Scalar scalar -> {}
        }
    }

    private void checkComponents(Target.ObjectOf of, String place) {
        if (!seen.add(of.type())) {
            return;
        }
        ObjectShape shape;
        try {
            shape = of.shape();
        } catch (UnsupportedTypeException refusal) {
            report(String.valueOf(refusal.getMessage()), place);
            return;
        }
        String root = place.isEmpty() ? TypeWords.named(of.type()) : place;
        for (int i = 0; i < shape.size(); i++) {
            check(shape.target(i), root + "." + shape.name(i));
        }
    }

    private void report(String reason, String place) {
        problems.accept((place.isEmpty() ? "" : place + ": ") + reason);
    }
}
