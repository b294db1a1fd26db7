package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the answers of an endpoint's API v2 mean. The status counts before the content. */
final class V2Rules {
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;

    private final String etcd;
    private final String user;

    V2Rules(String endpoint, EtcdOptions options) {
        etcd = "etcd " + endpoint + ": ";
        user = options.user() == null ? "an anonymous client (no user is configured)" : "user " + options.user();
    }

    EtcdFailure failure(String problem) {
        return new EtcdFailure(etcd + problem);
    }

    EtcdFailure silent(Duration bound) {
        return new EtcdFailure.Silent(etcd, bound);
    }

    /** A member is alive whatever it answers, unless it says that it cannot serve. */
    void checkAlive(HttpResponse<byte[]> response) throws EtcdFailure {
        if (response.statusCode() >= 500) {
            throw failure("cannot serve: expected a member that knows its leader, got status " + response.statusCode());
        }
    }

    V2Answer answer(String directory, HttpResponse<byte[]> response) throws EtcdFailure {
        int status = response.statusCode();
        if (status == UNAUTHORIZED) {
            throw denied(directory);
        }
        V2Answer answer = parse(response);
        if (answer == null) {
            if (status == NOT_FOUND) {
                throw new NotSpoken(etcd + "expected API v2, and this server does not speak it: --enable-v2"
                        + " switches it on in etcd 3.4 and 3.5");
            }
            throw failure("expected JSON in the answer for " + directory + ", got status " + status + " and "
                    + response.body().length + " bytes of something else");
        }
        switch (answer.error()) {
            case V2Answer.NONE -> {
                if (status / 100 != 2) {
                    throw failure("expected an answer for " + directory + ", got status " + status);
                }
            }
            case V2Answer.NOT_FOUND -> {
                // an empty directory, which can be watched nevertheless
            }
            case V2Answer.UNAUTHORIZED -> throw denied(directory);
            case V2Answer.INDEX_CLEARED ->
                throw new EtcdFailure.Outdated(etcd + "the watched index of " + directory + " was cleared away");
            default -> throw failure("cannot read " + directory + ": " + Causes.shortened(answer.message()));
        }
        return answer;
    }

    private EtcdFailure.Denied denied(String directory) {
        return new EtcdFailure.Denied(
                etcd + "expected the credentials of a user that may read " + directory + ", not " + user);
    }

    /** Null if it is not the JSON that etcd sends. */
    private static @Nullable V2Answer parse(HttpResponse<byte[]> response) {
        try {
            return V2Answer.parse(response.body(), response.headers().firstValueAsLong("X-Etcd-Index"));
        } catch (IOException | RuntimeException e) {
            // the header may be malformed as well as the body
            return null;
        }
    }

    /** The server is there, but without API v2. */
    static final class NotSpoken extends EtcdFailure {
        private static final long serialVersionUID = 1;

        NotSpoken(String message) {
            super(message);
        }
    }
}
