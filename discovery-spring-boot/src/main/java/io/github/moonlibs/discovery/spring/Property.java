package io.github.moonlibs.discovery.spring;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A property on its way to an option. If the option refuses the value, the failure has the property's name. A property that
 * isn't set leaves its option alone.
 *
 * @param name as users write it, for example discovery.call.max-attempts
 * @param value null if it isn't set
 */
record Property<T>(String name, @Nullable T value) {
    static <T> Property<T> of(String name, @Nullable T value) {
        return new Property<>(name, value);
    }

    /** Gives the value to an option. */
    void to(Consumer<? super T> option) {
        as(value -> {
            option.accept(value);
            return value;
        });
    }

    /** The options with this one, of options that don't change themselves. */
    <O> O on(O options, BiFunction<? super O, ? super T, ? extends O> with) {
        O changed = as(value -> with.apply(options, value));
        return changed == null ? options : changed;
    }

    /** What is made of the value; null if it isn't set, or if nothing is made of it. */
    <R> @Nullable R as(Function<? super T, ? extends @Nullable R> meaning) {
        if (value == null) {
            return null;
        }
        try {
            return meaning.apply(value);
        } catch (RuntimeException refused) {
            throw new RefusedPropertyException(this, refused);
        }
    }

    /** The value, of a property without which another one means nothing. */
    T required() {
        if (value == null) {
            throw refused("expected a value, got none");
        }
        return value;
    }

    /** The failure of an application that has this value. */
    RefusedPropertyException refused(String reason) {
        return new RefusedPropertyException(this, new IllegalArgumentException(reason));
    }

    /** The name alone, because the value may be a password. */
    @Override
    public String toString() {
        return name;
    }
}
