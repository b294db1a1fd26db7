package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.etcd.EtcdTopology.Api;
import io.github.moonlibs.discovery.etcd.EtcdTopology.Layout;
import io.github.moonlibs.discovery.text.SafeText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
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
    private static final String ESCAPES = "; in a password, & is written %26, % is %25, and # is %23";
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m)");

    private final Map<String, String> parameters = new LinkedHashMap<>();

    /** Then any part of the query may be a part of the password that was not escaped, and none is quoted. */
    private final boolean hasPassword;

    private EtcdUri(boolean hasPassword) {
        this.hasPassword = hasPassword;
    }

    private IllegalArgumentException wrong(String name, String expected, String got) {
        // what looks like user:password may be that
        boolean quotable = !hasPassword && !got.contains("@") && name.indexOf(':') < 0;
        return new IllegalArgumentException("etcd topology: parameter "
                + (quotable || KNOWN.contains(name) ? "\"" + SafeText.name(name) + "\": " : "of another name: ")
                + expected
                + (quotable && !got.isEmpty() ? ", got \"" + Causes.shortened(got) + "\"" : "")
                + (hasPassword ? ESCAPES : ""));
    }

    static EtcdTopology.Builder parse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            throw new IllegalArgumentException("etcd topology: expected a URI such as " + EXAMPLE);
        }
        int query = uri.indexOf('?');
        String place = uri.substring(SCHEME.length(), query < 0 ? uri.length() : query);
        int slash = place.indexOf('/');
        if (slash <= 0 || place.indexOf('@') >= 0) {
            throw new IllegalArgumentException("etcd topology: expected endpoints and a prefix, as in " + EXAMPLE
                    + "; user and password are parameters, and an @ in a prefix is written %40");
        }
        EtcdUri parsed = new EtcdUri(query >= 0 && uri.indexOf("password", query) >= 0);
        if (query >= 0) {
            parsed.parameters(uri.substring(query + 1));
        }
        EtcdTopology.Builder builder = EtcdTopology.builder();
        for (String endpoint : place.substring(0, slash).split(",", -1)) {
            try {
                builder.endpoints(endpoint);
            } catch (IllegalArgumentException e) {
                // what stands there may be a user and a password that end at a slash
                throw new IllegalArgumentException(
                        "etcd topology: endpoints: expected host:port, separated by commas, as" + " in " + EXAMPLE
                                + "; user and password are parameters");
            }
        }
        builder.prefix(decode("etcd topology: prefix", place.substring(slash)));
        parsed.apply(builder);
        return builder;
    }

    private void parameters(String query) {
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (equals < 0 || !(KNOWN.contains(name) || name.startsWith(LABEL))) {
                throw wrong(name, "expected name=value of " + String.join(", ", KNOWN) + ", label.<name>", "");
            }
            String shown = KNOWN.contains(name) ? name : "label";
            if (parameters.put(name, decode("etcd topology: " + shown, parameter.substring(equals + 1))) != null) {
                throw wrong(name, "expected it once", "");
            }
        }
    }

    private void apply(EtcdTopology.Builder builder) {
        parameters.forEach((name, value) -> {
            switch (name) {
                case "layout" -> builder.layout(oneOf(name, value, Layout.values()));
                case "api" -> builder.api(oneOf(name, value, Api.values()));
                case "cluster", "group", "replicaset" -> builder.label(name, value);
                case "tarantool" -> {
                    if (!Conditions.isVersion(value)) {
                        throw wrong(name, "expected three numbers such as 3.1.0", value);
                    }
                    builder.tarantoolVersion(value);
                }
                case "refresh" -> refresh(builder, value);
                case "namespace" -> builder.namespace(value);
                case "cache" -> builder.cacheFile(path(name, value));
                case "ca" -> builder.trust(path(name, value));
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
            builder.identity(path("cert", certificate), path("key", parameters.getOrDefault("key", "")));
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

    private <E extends Enum<E>> E oneOf(String name, String value, E[] values) {
        for (E candidate : values) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(value)) {
                return candidate;
            }
        }
        throw wrong(name, "expected one of " + Arrays.toString(values).toLowerCase(Locale.ROOT), value);
    }

    private void refresh(EtcdTopology.Builder builder, String value) {
        Matcher time = TIME.matcher(value);
        if (!time.matches()) {
            throw wrong("refresh", "expected a time such as 500ms, 30s or 5m", value);
        }
        long number = Long.parseLong(time.group(1));
        Duration interval = switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
        try {
            builder.refreshInterval(interval);
        } catch (IllegalArgumentException e) {
            throw wrong("refresh", "expected at least 1 s and at most a year", value);
        }
    }

    private Path path(String name, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw wrong(name, "expected the path of a file", "");
        }
    }

    /** @param name of what is decoded, for messages */
    static String decode(String name, String value) {
        try {
            // URLDecoder is for forms, where a plus means a space; in a URI it is just a plus
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + ": expected two hexadecimal digits after every %; a % itself is %25");
        }
    }
}
