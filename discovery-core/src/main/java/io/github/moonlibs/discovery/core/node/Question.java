package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Reading;

/** What the client asks a node to learn which methods it serves. */
sealed interface Question permits Question.OfAnnouncement, RoleQuestion {
    /** The procedure that is called. */
    String procedure();

    /** Whether a server may broadcast the answer by itself, under the procedure's name. */
    boolean canBePushed();

    /**
     * Reads what was answered.
     *
     * @param size of the answer, in bytes
     */
    Reading read(Result answer, int size) throws NoAnnouncementException;

    static Question of(ClientOptions options) {
        return options.rules().isEmpty()
                ? new OfAnnouncement(options.discoveryProcedure())
                : new RoleQuestion(options.rules());
    }

    /** The usual one: the server announces its methods. */
    record OfAnnouncement(String procedure) implements Question {
        @Override
        public boolean canBePushed() {
            return true;
        }

        @Override
        public Reading read(Result answer, int size) throws NoAnnouncementException {
            return AnnouncementReader.read(answer, size);
        }
    }
}
