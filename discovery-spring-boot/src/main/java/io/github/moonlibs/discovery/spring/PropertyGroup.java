package io.github.moonlibs.discovery.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Properties that are checked together, because one bounds another. If they are refused, those are named without which they
 * would not be, or for another reason.
 *
 * @param <B> what builds the option
 * @param <O> the option
 */
final class PropertyGroup<B, O> {
    private final Supplier<B> builders;
    private final Function<B, O> build;
    private final Map<Property<?>, Consumer<B>> set = new LinkedHashMap<>();

    private PropertyGroup(Supplier<B> builders, Function<B, O> build) {
        this.builders = builders;
        this.build = build;
    }

    static <B, O> PropertyGroup<B, O> of(Supplier<B> builders, Function<B, O> build) {
        return new PropertyGroup<>(builders, build);
    }

    <T> PropertyGroup<B, O> with(String name, @Nullable T value, BiConsumer<? super B, ? super T> option) {
        if (value != null) {
            set.put(Property.of(name, value), builder -> option.accept(builder, value));
        }
        return this;
    }

    /** The option with all that is set. */
    O build() {
        try {
            return buildWithout(null);
        } catch (IllegalArgumentException refused) {
            List<Property<?>> involved = new ArrayList<>(set.keySet());
            involved.removeIf(property -> Objects.equals(refusalWithout(property), refused.getMessage()));
            throw new RefusedPropertyException(involved, refused);
        }
    }

    private O buildWithout(@Nullable Property<?> left) {
        B builder = builders.get();
        set.forEach((property, option) -> {
            if (!property.equals(left)) {
                option.accept(builder);
            }
        });
        return build.apply(builder);
    }

    private @Nullable String refusalWithout(Property<?> property) {
        try {
            buildWithout(property);
            return null;
        } catch (IllegalArgumentException refused) {
            return refused.getMessage();
        }
    }
}
