package io.github.moonlibs.discovery.testkit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The users of a node. While there are none, every client may call as the guest. */
final class Logins {
    static final String GUEST = "guest";

    private final Map<String, String> passwords = new ConcurrentHashMap<>();

    void add(String user, String password) {
        passwords.put(user, password);
    }

    boolean mayCall(String user) {
        return passwords.isEmpty() || !user.equals(GUEST);
    }

    /** The error of a refused login, as that version of the server words it; null if the login is right. */
    @Nullable
    FakeError check(Packet request, byte[] salt, boolean modern) {
        String user = String.valueOf(request.get(Packet.USER));
        List<?> proof = request.get(Packet.TUPLE) instanceof List<?> list ? list : List.of();
        if (user.equals(GUEST) && proof.isEmpty()) {
            return null;
        }
        if (proof.size() != 2 || proof.get(1) == null) {
            return FakeError.of(20, "Invalid MsgPack - authentication scramble");
        }
        if (!ChapSha1.NAME.equals(proof.get(0))) {
            return FakeError.of(249, "Unknown authentication method '" + proof.get(0) + "'");
        }
        String password = user.equals(GUEST) ? "" : passwords.get(user);
        if (password != null && ChapSha1.proves(proof.get(1), password, salt)) {
            return null;
        }
        if (modern) {
            return FakeError.of(47, "User not found or supplied credentials are invalid");
        }
        return password == null
                ? FakeError.of(45, "User '" + user + "' is not found")
                : FakeError.of(47, "Incorrect password supplied for user '" + user + "'");
    }
}
