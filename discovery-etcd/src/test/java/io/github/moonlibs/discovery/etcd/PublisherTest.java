package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.etcd.Session.Found;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** While etcd is unreachable, each problem is reported in one line, however long it lasts. */
class PublisherTest implements TopologySource.Sink {
    private static final String LOST = "etcd a:1: cannot be reached: Connection reset";
    private static final String REFUSED = "etcd a:1: cannot be reached: Connection refused";
    private static final String OTHER = "etcd b:1: cannot be reached: Connection refused";

    private final List<String> lines = new ArrayList<>();

    /** What each set was published with. */
    private final List<String> sets = new ArrayList<>();

    private final EtcdOptions options =
            EtcdUri.parse("etcd://a:1,b:1/app/instances?layout=tree&api=v3").options();
    private final Publisher publisher = new Publisher(options, this, new LastGood());

    @Override
    public void publish(Collection<Instance> instances) {
        sets.add("");
    }

    @Override
    public void publish(Collection<Instance> instances, String problem) {
        sets.add(problem);
        lines.add(problem);
    }

    @Override
    public void failed(String message) {
        lines.add(message);
    }

    private void read() throws InterruptedException {
        read(Map.of("/app/instances/a/box/listen", "10.0.0.1:3301"));
    }

    private void read(Map<String, String> keys) throws InterruptedException {
        publisher.publish(new Found(Place.places(options).getFirst(), new TreeMap<>(keys)));
    }

    /** Whoever looks at an empty set sees why it is. */
    @Test
    void aSetComesWithWhatIsWrongWithIt() throws InterruptedException {
        read(Map.of());
        read();
        read(Map.of("/app/instances/a/box/listen", "nonsense"));
        assertThat(sets)
                .satisfiesExactly(
                        none -> assertThat(none).contains("there is no instance; expected some in"),
                        good -> assertThat(good).isEmpty(),
                        last -> assertThat(last).contains("nonsense"));
    }

    @Test
    void aLastingProblemIsNotReportedAgainWhenOthersAreSolved() throws InterruptedException {
        publisher.failed(List.of(LOST, REFUSED));
        publisher.failed(List.of(REFUSED));
        assertThat(lines).containsExactly(LOST + "; " + REFUSED);
    }

    @Test
    void anotherOrderOfEndpointsIsNotANewProblem() throws InterruptedException {
        publisher.failed(List.of(REFUSED, OTHER));
        publisher.failed(List.of(OTHER, REFUSED));
        publisher.recovered(List.of(OTHER), "a:1");
        assertThat(lines).hasSize(1);
    }

    @Test
    void aNewProblemIsReportedAndAnOldOneAgainAfterEtcdWasRead() throws InterruptedException {
        publisher.failed(List.of(REFUSED));
        publisher.failed(List.of("etcd a:1: does not accept user app"));
        read();
        publisher.failed(List.of(REFUSED));
        assertThat(lines).containsExactly(REFUSED, "etcd a:1: does not accept user app", REFUSED);
    }

    @Test
    void whatIsWrongWithTheKeysIsReportedOnceHoweverOftenTheyAreRead() throws InterruptedException {
        read(Map.of());
        read(Map.of());
        assertThat(lines).hasSize(1);
        read(Map.of("/app/instances/a/box/listen", "nonsense"));
        read(Map.of("/app/instances/a/box/listen", "nonsense"));
        assertThat(lines).hasSize(2);
    }

    @Test
    void aSwitchToAnotherMemberIsReportedInOneLine() throws InterruptedException {
        read();
        publisher.recovered(List.of(LOST), "b:1");
        assertThat(lines).containsExactly(LOST + "; going on with b:1");
    }
}
