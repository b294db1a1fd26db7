package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import io.github.moonlibs.discovery.iproto.codec.Results;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.IOException;
import java.util.List;

/** What a discovery procedure returns. */
public final class AnnouncementsTarget implements Target {
    @Override
    public String name() {
        return "announcements";
    }

    @Override
    public List<Growth> growths() {
        return Growth.OF_MSGPACK;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        try {
            AnnouncementReader.Reading reading = AnnouncementReader.read(Results.of(input), input.length);
            Refusal.check(new IllegalArgumentException(reading.problems().toString()));
            return !reading.announcement().methods().isEmpty();
        } catch (NoAnnouncementException | MalformedException | ConversionException refused) {
            return Refusal.check(refused);
        }
    }
}
