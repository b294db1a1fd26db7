package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/** A node's server in a few words: product and version, its protocol, and whether it pushes its announcements. */
final class ServerText {
    private ServerText() {}

    /** For example {@code Tarantool 3.8.0, protocol 10 (features 0–9, 11), chap-sha1, pushes}; empty if not connected. */
    static String of(NodeSnapshot node) {
        String product = product(node);
        String protocol = protocol(node);
        return protocol.isEmpty() ? product : product + ", protocol " + protocol;
    }

    /** For example {@code Tarantool 3.8.0}; empty if not connected. */
    static String product(NodeSnapshot node) {
        return node.server() == null ? "" : node.server();
    }

    /** For example {@code 10 (features 0–9, 11), chap-sha1, pushes}; empty if the server doesn't say. */
    static String protocol(NodeSnapshot node) {
        ServerProtocol protocol = node.protocol();
        if (protocol == null) {
            return "";
        }
        return protocol.version() + " (features " + ranges(protocol.features()) + ")"
                + (protocol.authType() == null ? "" : ", " + SafeText.name(protocol.authType()))
                + (node.delivery() == Delivery.PUSHED ? ", pushes" : "");
    }

    /** Ascending numbers, where three or more in a row are shown by the first and the last. */
    private static String ranges(List<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        int end;
        for (int first = 0; first < numbers.size(); first = end) {
            end = first + 1;
            while (end < numbers.size() && numbers.get(end) == numbers.get(end - 1) + 1) {
                end++;
            }
            if (end - first > 2) {
                ranges.add(numbers.get(first) + "–" + numbers.get(end - 1));
            } else {
                numbers.subList(first, end).forEach(number -> ranges.add(number.toString()));
            }
        }
        return ranges.isEmpty() ? "none" : String.join(", ", ranges);
    }
}
