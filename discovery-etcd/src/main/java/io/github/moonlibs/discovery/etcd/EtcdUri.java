package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.EtcdTopology.Api;
import io.github.moonlibs.discovery.etcd.EtcdTopology.Layout;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code etcd://host:port,…/prefix?parameters}. {@link java.net.URI} is not used: its errors quote the whole text,
 * which may hold a password.
 */
final class EtcdUri {
    static final String EXAMPLE = "etcd://10.0.0.1:2379,10.0.0.2:2379/path/to/instances";
    private static final String SCHEME = "etcd://";
    private static final String LABEL = "label.";
    private static final List<String> KNOWN = List.of(
            "user",
            "password",
            "layout",
            "api",
            "cluster",
            "group",
            "replicaset",
            "tarantool",
            "refresh",
            "tls",
            "ca",
            "cert",
            "key",
            "namespace",
            "cache");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m)");

    private final Map<String, String> parameters = new LinkedHashMap<>();

    private EtcdUri() {}

    static EtcdTopology.Builder parse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            throw new IllegalArgumentException("etcd topology: expected a URI such as " + EXAMPLE);
        }
        int query = uri.indexOf('?');
        String place = uri.substring(SCHEME.length(), query < 0 ? uri.length() : query);
        int slash = place.indexOf('/');
        if (slash <= 0 || place.lastIndexOf('@', slash) >= 0) {
            throw new IllegalArgumentException("etcd topology: expected endpoints and a prefix, as in " + EXAMPLE
                    + "; user and password are parameters");
        }
        EtcdUri parsed = new EtcdUri();
        if (query >= 0) {
            parsed.parameters(uri.substring(query + 1));
        }
        EtcdTopology.Builder builder = EtcdTopology.builder()
                .endpoints(place.substring(0, slash).split(",", -1))
                .prefix(decode("prefix", place.substring(slash)));
        parsed.apply(builder);
        return builder;
    }

    private void parameters(String query) {
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (equals < 0 || !(KNOWN.contains(name) || name.startsWith(LABEL))) {
                throw new IllegalArgumentException("etcd topology: parameter \"" + name + "\": expected name=value of "
                        + String.join(", ", KNOWN) + ", label.<name>");
            }
            if (parameters.put(name, decode(name, parameter.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("etcd topology: parameter \"" + name + "\": expected it once");
            }
        }
    }

    private void apply(EtcdTopology.Builder builder) {
        parameters.forEach((name, value) -> {
            switch (name) {
                case "layout" -> builder.layout(oneOf(name, value, Layout.values()));
                case "api" -> builder.api(oneOf(name, value, Api.values()));
                case "cluster", "group", "replicaset" -> builder.label(name, value);
                case "tarantool" -> builder.tarantoolVersion(value);
                case "refresh" -> builder.refreshInterval(time(value));
                case "namespace" -> builder.namespace(value);
                case "cache" -> builder.cacheFile(Path.of(value));
                case "ca" -> builder.trust(Path.of(value));
                case "tls" -> {
                    if (oneOf(name, value, Switch.values()) == Switch.TRUE) {
                        builder.tls();
                    }
                }
                default -> {
                    if (name.startsWith(LABEL)) {
                        builder.label(name.substring(LABEL.length()), value);
                    }
                }
            }
        });
        String user = together("user", "password");
        if (user != null) {
            builder.credentials(user, parameters.getOrDefault("password", ""));
        }
        String certificate = together("cert", "key");
        if (certificate != null) {
            builder.identity(Path.of(certificate), Path.of(parameters.getOrDefault("key", "")));
        }
        if ("false".equals(parameters.get("tls")) && (parameters.containsKey("ca") || certificate != null)) {
            throw new IllegalArgumentException(
                    "etcd topology: parameter \"tls\": expected true, since ca or cert are given");
        }
    }

    private enum Switch {
        TRUE,
        FALSE
    }

    /** The first of two parameters that only make sense together; null if neither is given. */
    private @Nullable String together(String first, String second) {
        if (parameters.containsKey(first) != parameters.containsKey(second)) {
            throw new IllegalArgumentException(
                    "etcd topology: expected both parameters, " + first + " and " + second + ", or neither");
        }
        return parameters.get(first);
    }

    private static <E extends Enum<E>> E oneOf(String name, String value, E[] values) {
        for (E candidate : values) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(value)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("etcd topology: parameter \"" + name + "\": expected one of "
                + Arrays.toString(values).toLowerCase(Locale.ROOT) + ", got \"" + value + "\"");
    }

    private static Duration time(String value) {
        Matcher time = TIME.matcher(value);
        if (!time.matches()) {
            throw new IllegalArgumentException("etcd topology: parameter \"refresh\": expected a time such as 500ms,"
                    + " 30s or 5m, got \"" + value + "\"");
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    private static String decode(String name, String value) {
        try {
            // URLDecoder is for forms, where a plus means a space; in a URI it is just a plus
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "etcd topology: " + name + ": expected two hexadecimal digits after every %; a % itself is %25");
        }
    }
}
