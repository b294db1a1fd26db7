package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.text.SafeText;
import io.github.moonlibs.discovery.types.ObjectShape;
import io.github.moonlibs.discovery.types.TypeWords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of a tuple's fields, in order; fields beyond them have none. Thread-safe. */
public final class TupleFormat {
    private static final String NAME = "name";
    private static final int MOST_SHOWN = 8;

    private final byte[] bytes;
    private final List<Name> names;

    /** For the class that was read last, which is usually the one that is read next. */
    private volatile @Nullable Mapping mapping;

    /** A name, and the string that it lies in. */
    private record Name(String text, int from, int to) {}

    private static final class Mapping {
        final ObjectShape shape;
        final int[] components;

        Mapping(ObjectShape shape, int[] components) {
            this.shape = shape;
            this.components = components;
        }
    }

    private TupleFormat(byte[] bytes, List<Name> names) {
        this.bytes = bytes;
        this.names = names;
    }

    /** @param at where {@code in} begins in the bytes */
    static TupleFormat read(ValueReader in, byte[] bytes, int at) throws IOException {
        int size = in.readArrayHeader();
        List<Name> names = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            names.add(readField(in, at));
        }
        return new TupleFormat(bytes, names);
    }

    private static Name readField(ValueReader in, int at) throws IOException {
        Name name = null;
        int entries = in.readMapHeader();
        for (int i = 0; i < entries; i++) {
            // what else there is, types and constraints, is the server's affair
            if (in.readText().equals(NAME)) {
                int from = at + in.position();
                name = new Name(in.readText(), from, at + in.position());
            } else {
                in.skip(1);
            }
        }
        if (name == null) {
            throw new MalformedException("expected the name of a tuple's field, got none");
        }
        return name;
    }

    /** Whether no field has a name. */
    public boolean isNameless() {
        return names.isEmpty();
    }

    public int size() {
        return names.size();
    }

    /** A field's name, to be read as a value. */
    public ValueReader nameAsValue(int index) {
        Name name = names.get(index);
        return new ValueReader(bytes, name.from(), name.to());
    }

    /**
     * For each field the index of the component with its name, or −1.
     *
     * @throws MismatchException if there is no such component at all
     */
    @SuppressWarnings("ReferenceEquality") // another shape of the same class is of another client
    public int[] components(ObjectShape shape) {
        Mapping last = mapping;
        if (last == null || last.shape != shape) {
            last = new Mapping(shape, mapped(shape));
            mapping = last;
        }
        return last.components;
    }

    private int[] mapped(ObjectShape shape) {
        int[] components = new int[names.size()];
        boolean fits = shape.size() == 0;
        for (int i = 0; i < components.length; i++) {
            components[i] = shape.indexOf(names.get(i).text());
            fits |= components[i] >= 0;
        }
        if (!fits) {
            throw new MismatchException("expected a tuple with fields of " + TypeWords.named(shape.type())
                    + ", such as " + SafeText.name(shape.name(0)) + ", got one with " + shown());
        }
        return components;
    }

    private String shown() {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(MOST_SHOWN, names.size()); i++) {
            shown.append(i == 0 ? "" : ", ").append(SafeText.name(names.get(i).text()));
        }
        return shown.append(names.size() > MOST_SHOWN ? ", …" : "").toString();
    }
}
