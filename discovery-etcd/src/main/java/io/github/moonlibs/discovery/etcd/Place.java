package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.EtcdTopology.Api;
import io.github.moonlibs.discovery.etcd.EtcdTopology.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a topology may lie: an API, a layout, and the directories that it takes.
 *
 * @param directories the one of the instances or documents, then the one of the clusters, if there is one
 */
record Place(Api api, Layout layout, List<String> directories) {
    private static final String INSTANCES = "/instances";

    /** The places to look at, in this order. */
    static List<Place> places(EtcdOptions options) {
        Api api = options.api();
        Layout layout = options.layout();
        List<String> tree = treeDirectories(options.prefix());
        List<Place> places = new ArrayList<>();
        if (api != Api.V2 && layout != Layout.TREE) {
            places.add(new Place(Api.V3, Layout.YAML, List.of(options.prefix() + "/config/")));
        }
        if (api != Api.V2 && layout != Layout.YAML) {
            places.add(new Place(Api.V3, Layout.TREE, tree));
        }
        if (api != Api.V3 && layout != Layout.YAML && options.namespace().isEmpty()) {
            places.add(new Place(Api.V2, Layout.TREE, tree));
        }
        return List.copyOf(places);
    }

    private static List<String> treeDirectories(String prefix) {
        if (!prefix.endsWith(INSTANCES)) {
            return List.of(prefix + "/");
        }
        String application = prefix.substring(0, prefix.length() - INSTANCES.length());
        return List.of(prefix + "/", application + "/clusters/");
    }

    /** Whether there is nothing to interpret. Masters do not matter where there are no instances. */
    boolean isEmpty(SortedMap<String, String> keys) {
        return Keys.below(keys, directories.getFirst()).isEmpty();
    }

    Reading interpret(SortedMap<String, String> keys, EtcdOptions options)
            throws MalformedException, InterruptedException {
        String first = directories.getFirst();
        String clusters = clusters();
        return layout == Layout.YAML
                ? YamlLayout.read(Keys.below(keys, first), options.selection(), options.tarantoolVersion())
                : TreeLayout.read(keys, first, clusters, options.selection());
    }

    private @Nullable String clusters() {
        return directories.size() > 1 ? directories.get(1) : null;
    }
}
