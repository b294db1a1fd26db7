package io.github.moonlibs.discovery.etcd;

/**
 * What reading a configuration may cost: options that many instances inherit, lists that each of them tries, templates
 * that each of them fills. It is bounded in proportion to what is read, and it is where an interrupt ends the reading.
 */
final class Work {
    /** For a configuration of nothing: 100,000 labels, or as much else. */
    private static final long BASE = 8 << 20;

    private static final long PER_CHARACTER = 32;
    private static final long INTERRUPT_EVERY = 1 << 16;

    private final String place;
    private final long bound;
    private long spent;
    private long nextCheck;

    Work(String place, long characters) {
        this.place = place;
        bound = BASE + PER_CHARACTER * characters;
    }

    /** @param steps about one for each character that is looked at, and 64 for each object that is made */
    void spend(long steps) throws MalformedException, InterruptedException {
        spent += steps;
        if (spent > bound) {
            throw new MalformedException(place + ": expected a configuration that can be read in " + bound
                    + " steps; too many instances inherit too many options");
        }
        if (spent > nextCheck) {
            nextCheck = spent + INTERRUPT_EVERY;
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
