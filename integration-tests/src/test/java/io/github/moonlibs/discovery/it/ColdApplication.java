package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.DiscoveryClient;
import java.util.List;

/** An application that calls as soon as it has connected, with default options. */
final class ColdApplication {
    private ColdApplication() {}

    public static void main(String[] args) {
        try (DiscoveryClient client = DiscoveryClient.connect("static:" + args[0])) {
            System.out.println("routes: " + client.routing().routes("node.name").size());
            System.out.println("answered by " + client.call("node.name", List.of(), String.class));
        }
    }
}
