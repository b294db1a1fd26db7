package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "10.0.0.1:3301,                      10.0.0.1,   3301,  -,       -,    -",
                "storage-1.example:1,                storage-1.example, 1, -,    -,    -",
                "[::1]:3301,                         ::1,        3301,  -,       -,    -",
                "[fe80::1%eth0]:3301,                fe80::1%eth0, 3301, -,      -,    -",
                "unix/:/run/t.sock,                  -,          0,     /run/t.sock, - , -",
                "app:secret@10.0.0.1:3301,           10.0.0.1,   3301,  -,       app,  secret",
                "app@10.0.0.1:65535,                 10.0.0.1,   65535, -,       app,  -",
                "app:s@c:r@t@[::1]:3301,             ::1,        3301,  -,       app,  s@c:r@t",
                "app:s@c@unix/:/run/a@b.sock,        -,          0,     /run/a@b.sock, app, s@c",
                "unix/:/run/a@b.sock,                -,          0,     /run/a@b.sock, -, -",
            })
    void everyFormIsRead(String text, String host, int port, String path, String user, String password) {
        assertThat(Endpoint.parse(text)).isEqualTo(new Endpoint(host, port, path, user, password));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":3301",
                "host:0",
                "host:65536",
                "host:33o1",
                "::1:3301",
                "[::1]",
                "[]:3301",
                "a b:1",
                "host:-1",
                "unix/:relative",
                "unix/:",
                "user:pw@",
                "http://host:80",
                "host:3301/"
            })
    void aWrongEndpointIsRefusedWithWhatWasExpected(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected host:port, [v6]:port or unix/:/path");
    }

    @Test
    void aPasswordIsNeverShown() {
        assertThat(Endpoint.parse("app:secret@host:1")).hasToString("app@host:1");
        assertThat(new Attempt(
                        Instance.of(Endpoint.parse("app:secret@host:1")),
                        java.time.Duration.ZERO,
                        java.time.Duration.ZERO,
                        null))
                .asString()
                .doesNotContain("secret");
        assertThatThrownBy(() -> Endpoint.parse("app:secret@host")).message().doesNotContain("secret");
        assertThatThrownBy(() -> Endpoint.parse(":secret@host:1"))
                .hasMessageContaining("the user is empty")
                .message()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app:S3CRET",
                "app:S3@CRET",
                "app:S3CRET@",
                "app:S3CRET@host:99999",
                "app:S3/CRET@host:x",
                ":S3@CRET",
                "S3CRET",
                "app:S3CRET@[::1]",
                "app:S3CRET@unix/:x",
                "unix/:S3CRET",
                "app:53312678"
            })
    void nothingOfAWrongEndpointIsQuoted(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("S3", "CRET", "53312678");
        assertThatThrownBy(() -> new Endpoint(text + "/", 0, null, null, null))
                .message()
                .doesNotContain("S3", "CRET", "53312678");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u001b[2J:1", "a\u202eb:1", "a\u0085b:1", "unix/:/run/a\nb.sock", "app@a\ud800b:1"})
    void anAddressHasNoCharacterThatCannotBeShown(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.parse("x".repeat(256) + ":1")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Endpoint.parse("ev\u001b\nil@h:1")).hasToString("ev\\u001b\\nil@h:1");
    }

    @Test
    void anAddressIsWrittenAsItWasRead() {
        assertThat(Endpoint.parse("app:secret@[::1]:3301").address()).isEqualTo("[::1]:3301");
        assertThat(Endpoint.parse("unix/:/run/t.sock").address()).isEqualTo("unix/:/run/t.sock");
        assertThat(Instance.of("storage-1", Endpoint.parse("h:1"))).hasToString("storage-1 (h:1)");
        assertThat(Instance.of(Endpoint.parse("h:1"))).hasToString("h:1");
    }

    @Test
    void endpointsWithOtherCredentialsAreNotEqual() {
        Endpoint guest = Endpoint.parse("h:1");
        assertThat(guest.withCredentials("app", "x")).isNotEqualTo(guest).isEqualTo(Endpoint.parse("app:x@h:1"));
        assertThatThrownBy(() -> guest.withCredentials(null, "x")).hasMessageContaining("a password without a user");
    }

    @Test
    void aTcpEndpointSaysWhetherToSpeakTls() {
        assertThat(Endpoint.parse("h:1").security()).isEqualTo(Endpoint.Security.AS_CONFIGURED);
        assertThat(Endpoint.parse("ann:s?t@[::1]:1?transport=ssl"))
                .isEqualTo(new Endpoint("::1", 1, null, "ann", "s?t", Endpoint.Security.SSL));
        assertThat(Endpoint.parse("h:1?transport=plain")
                        .withCredentials("ann", null)
                        .security())
                .isEqualTo(Endpoint.Security.PLAIN);
        assertThat(Endpoint.parse("unix/:/a?transport=ssl").path()).isEqualTo("/a?transport=ssl");
        assertThatThrownBy(() -> Endpoint.parse("h:1?transport=tls"))
                .hasMessageContaining("got other parameters behind the address");
    }
}
