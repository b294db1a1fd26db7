package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.regex.Pattern;

/** The instance of the start page and the examples, on an address of the test kit. */
final class UsersServer {
    private static final Pattern BOX_CFG = Pattern.compile("^box\\.cfg \\{[^}]*}\n");

    private UsersServer() {}

    static TarantoolServer start() {
        String script = Documentation.read("examples/users.lua");
        if (!BOX_CFG.matcher(script).lookingAt()) {
            throw new IllegalStateException("examples/users.lua: expected box.cfg in its first line");
        }
        return TarantoolServer.builder()
                .script(BOX_CFG.matcher(script).replaceFirst(""))
                .start();
    }
}
