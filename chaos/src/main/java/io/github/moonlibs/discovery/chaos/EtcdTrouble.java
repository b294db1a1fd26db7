package io.github.moonlibs.discovery.chaos;

import io.github.moonlibs.discovery.testkit.Certificates;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What can happen to etcd. Each ends with a write to it, whose publication is then awaited. */
enum EtcdTrouble {
    NONE("none") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws Exception {
            scene.write();
        }
    },
    KILLED("kill -9 of the member that is followed") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws Exception {
            scene.watched().kill();
            scene.writeOverAnother();
        }

        @Override
        void mend(EtcdScene scene, @Nullable Firewall firewall) throws IOException {
            scene.watched().restart();
        }
    },
    STOPPED("SIGSTOP of it") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws Exception {
            scene.watched().freeze();
            scene.troubled();
            scene.writeOverAnother();
        }

        @Override
        void mend(EtcdScene scene, @Nullable Firewall firewall) throws IOException {
            scene.watched().thaw();
        }

        @Override
        boolean isSilence() {
            return true;
        }
    },
    CUT_OFF("no packet to it or from it arrives") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws Exception {
            Objects.requireNonNull(firewall).cutOff(host(scene.watched()));
            scene.troubled();
            scene.writeOverAnother();
        }

        @Override
        void mend(EtcdScene scene, @Nullable Firewall firewall) throws IOException {
            Objects.requireNonNull(firewall).heal(host(scene.watched()));
        }

        @Override
        boolean isSilence() {
            return true;
        }
    },
    DOWN("kill -9 of all members, restart 10 s later; the write comes then") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws InterruptedException {
            scene.cluster().kill();
            Thread.sleep(Duration.ofSeconds(10));
            scene.cluster().restart();
            scene.write();
        }
    },
    EMPTIED("all members restarted without their data; all is written anew") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) {
            scene.cluster().restartEmpty();
            scene.awaitFailure("the topology is empty");
            scene.writeAnew();
        }
    },
    FORGETFUL("the history is compacted (v3), or cleared by 1,100 writes elsewhere (v2)") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) {
            if (scene.api().equals("v3")) {
                scene.write();
                scene.writer().compact();
            } else {
                IntStream.range(0, 1_100).parallel().forEach(i -> scene.writer().putV2("/elsewhere", "x"));
                scene.write();
            }
        }
    },
    BUSY("1,000 writes that change nothing, as fast as etcd takes them, and one amid them") {
        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) {
            Thread noise = Thread.ofPlatform().daemon().start(() -> scene.putNoise(1_000));
            scene.awaitNoise(500);
            scene.write();
            scene.publishedAfter();
            EtcdScene.join(noise);
        }
    },
    OUT_OF_SPACE("out of disk: the alarm NOSPACE; the write comes when it is disarmed (v3), or at once (v2)") {
        @Override
        EtcdServer.Builder cluster(Path folder) throws Exception {
            return EtcdServer.builder().arguments("--quota-backend-bytes", Integer.toString(8 << 20));
        }

        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws InterruptedException {
            scene.writer().fillUp();
            // so long it stays; the client reads on
            Thread.sleep(Duration.ofSeconds(3));
            if (scene.api().equals("v3")) {
                scene.writer().makeRoom(scene.cluster().members());
            }
            scene.write();
        }

        @Override
        void mend(EtcdScene scene, @Nullable Firewall firewall) {
            if (scene.api().equals("v2")) {
                scene.writer().makeRoom(scene.cluster().members());
            }
        }
    },
    TOKENS_EXPIRED("tokens expire every 2 s") {
        @Override
        boolean isOf(String api) {
            return api.equals("v3");
        }

        @Override
        EtcdServer.Builder cluster(Path folder) throws Exception {
            Certificates keys = Certificates.make(folder, "tokens", "RSA", List.of("127.0.0.1"));
            return EtcdServer.builder()
                    .arguments(
                            "--auth-token",
                            "jwt,sign-method=RS256,ttl=2s,pub-key=" + keys.certificate() + ",priv-key=" + keys.key());
        }

        @Override
        void prepare(EtcdScene scene) {
            scene.writer().enableAuth("/app/");
        }

        @Override
        String parameters(String api) {
            return "&refresh=1s&user=app&password=app-secret";
        }

        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) throws InterruptedException {
            Thread.sleep(Duration.ofSeconds(5));
            scene.write();
        }
    },
    PASSWORD_ROTATED("the password is another one until the write") {
        @Override
        void prepare(EtcdScene scene) {
            if (scene.api().equals("v3")) {
                scene.writer().enableAuth("/app/");
            } else {
                scene.writer().enableAuthV2("root-secret");
            }
        }

        @Override
        String parameters(String api) {
            return "&refresh=1s&user=" + user(api) + "&password=" + user(api) + "-secret";
        }

        private static String user(String api) {
            return api.equals("v3") ? "app" : "root";
        }

        @Override
        void happen(EtcdScene scene, @Nullable Firewall firewall) {
            String user = user(scene.api());
            set(scene, user, "another");
            scene.awaitFailure("user " + user);
            set(scene, user, user + "-secret");
            scene.write();
        }

        private static void set(EtcdScene scene, String user, String password) {
            if (scene.api().equals("v3")) {
                scene.writer().password(user, password);
            } else {
                scene.writer().passwordV2(password);
            }
        }
    };

    private final String description;

    EtcdTrouble(String description) {
        this.description = description;
    }

    String description() {
        return description;
    }

    /** Whether it can happen to what is written over this API. */
    boolean isOf(String api) {
        return true;
    }

    /** Whether the member that is followed says nothing any more. */
    boolean isSilence() {
        return false;
    }

    EtcdServer.Builder cluster(Path folder) throws Exception {
        return EtcdServer.builder();
    }

    /** What else is to be in etcd before the client comes. */
    void prepare(EtcdScene scene) {}

    /** Of the topology's URI. */
    String parameters(String api) {
        return "";
    }

    abstract void happen(EtcdScene scene, @Nullable Firewall firewall) throws Exception;

    void mend(EtcdScene scene, @Nullable Firewall firewall) throws IOException {}

    private static String host(EtcdServer server) {
        return server.endpoint().substring(0, server.endpoint().lastIndexOf(':'));
    }
}
