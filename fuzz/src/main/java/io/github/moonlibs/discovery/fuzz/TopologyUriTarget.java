package io.github.moonlibs.discovery.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.core.Plugins;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.List;

/** Topologies as the option has them, of every scheme and of none. Nothing is connected to. */
public final class TopologyUriTarget implements Target {
    /** Where the beginning of a password may stand before the input. */
    private static final List<String> PLANTED = List.of(
            "app:",
            "static:app:",
            "static:10.0.0.1:3301,app:",
            "etcd://app:",
            "etcd://10.0.0.1:2379/app?user=app&password=",
            "tarantool://app:");

    @Override
    public String name() {
        return "topology-uri";
    }

    @Override
    public int bytesAByte() {
        return BYTES_A_BYTE_OF_ENDPOINTS;
    }

    /** Once as it is, and as what follows the beginning of a password. */
    @Override
    public boolean read(byte[] input) {
        String text = new String(input, UTF_8);
        open(Refusal.planted(PLANTED, input) + Refusal.SECRET + text);
        return open(text);
    }

    private static boolean open(String uri) {
        try {
            var options = DiscoveryClient.builder().topology(uri).build();
            TopologySource source = Plugins.source(options);
            Refusal.check(options.toString());
            // as the client shows it
            Refusal.check(SafeText.name(source.toString()));
            return true;
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
