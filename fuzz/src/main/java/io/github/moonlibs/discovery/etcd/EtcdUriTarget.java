package io.github.moonlibs.discovery.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;

/** URIs of etcd. */
public final class EtcdUriTarget implements Target {
    @Override
    public String name() {
        return "etcd-uri";
    }

    /** Once as it is, and as what follows the beginning of a password. */
    @Override
    public boolean read(byte[] input) {
        String text = new String(input, UTF_8);
        parse("etcd://app:" + Refusal.SECRET + text);
        parse("etcd://h:1/p?user=u&password=" + Refusal.SECRET + text);
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
