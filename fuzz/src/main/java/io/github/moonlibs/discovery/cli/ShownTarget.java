package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.Results;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server's value as the command line shows it: in lines, and as JSON. */
public final class ShownTarget implements Target {
    private static final int COLUMNS = 80;

    @Override
    public String name() {
        return "shown";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    /** Whether it fits on a line is asked of each list within lists: as much as a line has room for is looked at each time. */
    @Override
    public int bytesAByte() {
        return 8 * BYTES_A_BYTE;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        List<@Nullable Object> values;
        try {
            values = Results.of(input).values();
        } catch (MalformedException | ConversionException refused) {
            return Refusal.check(refused);
        }
        String text = new ValueText(COLUMNS).of(values);
        if (text.chars().anyMatch(c -> c != '\n' && Character.isISOControl(c))) {
            throw new IllegalStateException("shown with a control character");
        }
        String json = Json.line(Map.of("values", values));
        if (json.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalStateException("written as JSON with a control character");
        }
        return true;
    }
}
