package io.github.moonlibs.discovery.etcd;

/** The data in etcd or in the cache file is unusable as a whole; the message names the key and what was expected. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
