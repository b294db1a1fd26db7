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

    @Override
    public boolean read(byte[] input) {
        try {
            EtcdUri.parse("etcd://" + new String(input, UTF_8));
            return true;
        } catch (IllegalArgumentException refused) {
            return Refusal.check(refused);
        }
    }
}
