package io.github.moonlibs.discovery.etcd;

import java.util.SortedMap;

/** Keys as a tree of directories, whose names end with a slash. */
final class Keys {
    private Keys() {}

    /** What lies below the directory. The character after a slash is a zero. */
    static <V> SortedMap<String, V> below(SortedMap<String, V> keys, String directory) {
        return keys.subMap(directory, end(directory));
    }

    /** The first key after all those below the directory. */
    static String end(String directory) {
        return directory.substring(0, directory.length() - 1) + '0';
    }
}
