package io.github.moonlibs.discovery.fuzz;

import io.github.moonlibs.discovery.cli.CommandLineTarget;
import io.github.moonlibs.discovery.cli.JsonTarget;
import io.github.moonlibs.discovery.cli.ShownTarget;
import io.github.moonlibs.discovery.cli.TimesTarget;
import io.github.moonlibs.discovery.core.node.AnnouncementsTarget;
import io.github.moonlibs.discovery.core.topology.StaticUriTarget;
import io.github.moonlibs.discovery.etcd.CacheTarget;
import io.github.moonlibs.discovery.etcd.EtcdUriTarget;
import io.github.moonlibs.discovery.etcd.TreeTarget;
import io.github.moonlibs.discovery.etcd.V2Target;
import io.github.moonlibs.discovery.etcd.YamlTarget;
import io.github.moonlibs.discovery.iproto.codec.ErrorsTarget;
import io.github.moonlibs.discovery.iproto.codec.FramesTarget;
import io.github.moonlibs.discovery.iproto.codec.GreetingTarget;
import io.github.moonlibs.discovery.iproto.codec.RecordsTarget;
import io.github.moonlibs.discovery.iproto.codec.TuplesTarget;
import io.github.moonlibs.discovery.iproto.codec.ValuesTarget;
import java.util.List;
import java.util.stream.Collectors;

/** All targets. */
final class Targets {
    static final List<Target> ALL = List.of(
            new GreetingTarget(),
            new FramesTarget(),
            new ValuesTarget(),
            new RecordsTarget(),
            new TuplesTarget(),
            new ErrorsTarget(),
            new AnnouncementsTarget(),
            new EndpointsTarget(),
            new StaticUriTarget(),
            new EtcdUriTarget(),
            new FileUriTarget(),
            new TopologyUriTarget(),
            new TreeTarget(),
            new V2Target(),
            new YamlTarget(),
            new CacheTarget(),
            new CommandLineTarget(),
            new JsonTarget(),
            new TimesTarget(),
            new ShownTarget());

    private Targets() {}

    /** @throws IllegalArgumentException if there is none of that name; the message lists them */
    static Target named(String name) {
        return ALL.stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("target \"" + name + "\": expected one of " + names()));
    }

    static String names() {
        return ALL.stream().map(Target::name).collect(Collectors.joining(", "));
    }
}
