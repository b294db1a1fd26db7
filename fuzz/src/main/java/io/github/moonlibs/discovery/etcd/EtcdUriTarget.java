package io.github.moonlibs.discovery.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.util.List;

/** URIs of etcd. */
public final class EtcdUriTarget implements Target {
    /** Where the beginning of a password may stand before the input. */
    private static final List<String> PLANTED = List.of("etcd://app:", "etcd://h:1/p?user=u&password=");

    @Override
    public String name() {
        return "etcd-uri";
    }

    @Override
    public int bytesAByte() {
        return BYTES_A_BYTE_OF_ENDPOINTS;
    }

    /** Once as it is, and as what follows the beginning of a password. */
    @Override
    public boolean read(byte[] input) {
        String text = new String(input, UTF_8);
        parse(Refusal.planted(PLANTED, input) + Refusal.SECRET + text);
        return parse("etcd://" + text);
    }

    private static boolean parse(String uri) {
        try {
            EtcdUri.parse(uri);
            return true;
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
