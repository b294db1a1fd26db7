package io.github.moonlibs.discovery.etcd;

/** What lies in etcd, or in the cache file, makes no sense as a whole; the message names the key and what was expected. */
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
