package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.moonlibs.discovery.spi.TopologyProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdUriTest {
    @Test
    void theSourceIsNamedByItsUriWithoutSecrets() {
        EtcdTopology topology = EtcdTopology.of("etcd://10.0.0.1:2379,[::1],etcd3/path/to%20the/instances/"
                + "?user=app&password=a%26b%25+c&layout=tree&api=v3&cluster=main&label.dc=m9&refresh=500s&tls=true"
                + "&ca=/ca.pem&cert=/c.pem&key=/k.pem&cache=/tmp/cache");

        assertThat(topology)
                .hasToString("etcd://10.0.0.1:2379,[::1]:2379,etcd3:2379/path/to the/instances/?cluster=main&dc=m9");
    }

    @Test
    void theProviderOpensTopologiesOfItsScheme() {
        TopologyProvider provider = new EtcdTopologyProvider();

        assertThat(provider.scheme()).isEqualTo("etcd");
        assertThat(provider.open("etcd://h/p")).hasToString("etcd://h:2379/p/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h/p                     | expected a URI such as etcd://",
                "etcd://h                       | expected endpoints and a prefix",
                "etcd:///p                      | expected endpoints and a prefix",
                "etcd://u:secret@h/p            | user and password are parameters",
                "etcd://h:x/p                   | endpoints: expected host:port",
                "etcd://h,,i/p                  | expected host:port",
                "etcd://h/p?user=u&user=u       | parameter \"user\": expected it once",
                "etcd://h/p?frobnicate=secret   | expected name=value of user, password, layout",
                "etcd://h/p?password            | expected name=value",
                "etcd://h/p?password=secret     | expected both parameters, user and password",
                "etcd://h/p?password=secret%&user=u | password: expected two hexadecimal digits after every %",
                "etcd://h/p?layout=json         | expected one of [auto, tree, yaml], got \"json\"",
                "etcd://h/p?api=v4              | expected one of [auto, v3, v2], got \"v4\"",
                "etcd://h/p?refresh=soon        | expected a time such as 500ms, 30s or 5m",
                "etcd://h/p?refresh=1ms         | expected at least 1 s",
                "etcd://h/p?cert=/c.pem         | expected both parameters, cert and key",
                "etcd://h/p?tls=maybe           | expected one of [true, false]",
                "etcd://h/p?tls=false&ca=/ca    | expected true, since ca or cert are given",
                "etcd://h/p?api=v2&layout=yaml  | API v2 has neither YAML documents nor namespaces",
            })
    void aWrongUriIsRefusedWithWhatWasExpectedAndWithoutSecrets(String uri, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.of(uri))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etcd://user:S3/CRET@h/p",
                "etcd://user:S3CRET@h/p",
                "etcd://user:S3?CRET@h/p",
                "etcd://user:S3,CRET@h/p",
                "etcd://user:S3#CRET@h/p",
                "etcd://user:S3CRET/h/p",
                "etcd://user:S3%CRET/h/p",
                "etcd:user:S3CRET@h/p",
                "etcd://user:S3CRET",
                "etcd://h/p?user=u&password=abc&S3CRET=1",
                "etcd://h/p?user=u&password=abc&S3CRET",
                "etcd://h/p?S3CRET&password=abc&user=u",
                "etcd://h/p?user=u&password=abc&layout=S3CRET",
                "etcd://h/p?user=u&password=abc&refresh=S3CRET",
                "etcd://h/p?user=u&password=abc&tls=S3CRET",
                "etcd://h/p?user=u&password=abc&api=S3CRET&api=v2",
                "etcd://h/p?user=u&password=abc&tarantool=S3CRET",
                "etcd://h/p?user=u&password=abc&cache=S3CRET%00",
                "etcd://h/p?user=u&password=abc%S3CRET",
                "etcd://h/p?user=u&password=S3CRET&cert=x",
                "etcd://h/p?user=u&passwort=S3CRET",
                "etcd://h/p?user=u:S3CRET@h",
                "etcd://h/p?u:S3CRET",
                "etcd://h/p?u:S3CRET=1"
            })
    void noMessageQuotesWhatMayHoldAPassword(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.of(uri))
                .satisfies(e -> assertThat(e.getMessage()).contains("expected").doesNotContain("S3", "CRET"));
    }

    /** A search for the slashes at the end would begin anew at each slash. */
    @Test
    @Timeout(60)
    void aPrefixOfManySlashesIsReadAtOnce() {
        String slashes = "/".repeat(1_000_000);

        assertThat(EtcdTopology.of("etcd://h" + slashes + "p")).hasToString("etcd://h:2379" + slashes + "p/");
        assertThat(EtcdTopology.of("etcd://h/p" + slashes)).hasToString("etcd://h:2379/p/");
    }

    @Test
    void aLongNameOfAParameterIsCut() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.of("etcd://h/p?" + "n".repeat(100_000) + "=1"))
                .satisfies(e -> assertThat(e.getMessage())
                        .hasSizeLessThan(1_000)
                        .contains("more characters)", "expected name=value of user"));
    }

    @Test
    void theMessageSaysHowAPasswordIsEscaped() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.of("etcd://h/p?user=u&password=a&b"))
                .withMessageEndingWith("in a password, & is written %26, % is %25, and # is %23");
    }

    @Test
    void aBuilderRequiresEndpointsAndPrefix() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.builder().prefix("/p").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.builder().endpoints("h").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdTopology.builder().prefix("p"))
                .withMessageContaining("expected a path such as /path/to/instances");
    }
}
