package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.spi.ValueConverter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a value is to become: a Java type, taken apart once. Immutable and thread-safe. */
public sealed interface Target {
    String EXPECTED = "expected a type that Result's documentation lists, or one that a ValueConverter is for";

    /** Whether it has no place for nil, as primitive types have none. */
    default boolean isPrimitive() {
        return switch (this) {
            case Scalar(Class<?> type) -> type.isPrimitive();
            case Converted(Class<?> type, var converter, var form) -> type.isPrimitive();
            default -> false;
        };
    }

    /** Whatever the value is without a type. */
    record Any() implements Target {}

    /** A single value; enums among them. */
    record Scalar(Class<?> type) implements Target {}

    /**
     * An array as a collection.
     *
     * @param isHashed whether it finds its elements by their hashes, as most sets do
     * @param of makes it of the elements, a list that it may keep
     */
    record CollectionOf(Target element, boolean isHashed, Function<List<@Nullable Object>, Object> of)
            implements Target {}

    /** An array as an array. */
    record ArrayOf(Class<?> component, Target element) implements Target {}

    /**
     * A map as a {@link Map}.
     *
     * @param of makes it of the entries in the server's order, a map that it may keep
     */
    record MapOf(Target key, Target value, Function<Map<@Nullable Object, @Nullable Object>, Object> of)
            implements Target {}

    /** Nil as empty. */
    record OptionalOf(Target value) implements Target {}

    /** An array by position or a map by name, as a record or an object of another class, which may contain itself. */
    final class ObjectOf implements Target {
        private final Class<?> type;
        private final Function<ObjectOf, ObjectShape> shaper;
        private volatile @Nullable ObjectShape shape;

        ObjectOf(Class<?> type, Function<ObjectOf, ObjectShape> shaper) {
            this.type = type;
            this.shaper = shaper;
        }

        /** Its class. */
        public Class<?> type() {
            return type;
        }

        /**
         * What there is to know of it, taken apart when it is first asked for.
         *
         * @throws UnsupportedTypeException if its module keeps it from this one, or it cannot be made
         */
        public ObjectShape shape() {
            ObjectShape present = shape;
            if (present == null) {
                present = shaper.apply(this);
                shape = present;
            }
            return present;
        }
    }

    /** What a converter makes of a value that was read as another type. */
    record Converted(Class<?> type, ValueConverter<Object, Object> converter, Target form) implements Target {}

    /** A type that no value can be read as. */
    record Unsupported(String reason) implements Target {}
}
