package io.github.moonlibs.discovery.core.topology;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.core.topology.PeerList.NoPeersException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members move about, and list each other by what was true some time ago. When all is quiet, each is known where it is. */
class PeersHistoryTest {
    private static final int HISTORIES = 1_000;
    private static final int MOVES = 6;
    private static final Endpoint BALANCER = Endpoint.parse("balancer:1");

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @Promise("Topology 4")
    void whenAllIsQuietEachIsKnownWhereItIs(boolean isBalanced, boolean listThemselves) throws NoPeersException {
        int seen = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed, isBalanced, listThemselves);
            history.play();
            if (history.canBeSeen()) {
                seen++;
                assertThat(history.known())
                        .as("seed %d: %s", seed, history.events)
                        .isEqualTo(history.homes);
            }
        }
        assertThat(seen).isGreaterThan(HISTORIES / 2);
    }

    /** A replicaset, and what a source does that asks it; whatever is random comes from the seed. */
    private static final class History {
        final Map<String, Endpoint> homes = new TreeMap<>();
        final StringBuilder events = new StringBuilder();
        private final Random random;
        private final boolean listThemselves;
        private final List<String> members;
        private final List<Endpoint> addresses;
        private final Set<Endpoint> seeds = new LinkedHashSet<>();
        private final Map<String, Map<String, Endpoint>> lists = new TreeMap<>();
        private final Peers peers = new Peers();

        /** Who is asked, and over a connection to which address; it ends when the member moves. */
        private Optional<String> asked = Optional.empty();

        private Endpoint askedAt = BALANCER;

        History(long seed, boolean isBalanced, boolean listThemselves) {
            random = new Random(seed);
            this.listThemselves = listThemselves;
            int count = 2 + random.nextInt(3);
            members = IntStream.range(0, count).mapToObj(i -> "member" + i).toList();
            addresses = IntStream.range(0, count + 2)
                    .mapToObj(i -> Endpoint.parse("host" + i + ":1"))
                    .toList();
            if (isBalanced) {
                seeds.add(BALANCER);
            }
            seeds.add(addresses.get(random.nextInt(addresses.size())));
            seeds.add(addresses.get(random.nextInt(addresses.size())));
            members.forEach(member -> lists.put(member, new HashMap<>()));
        }

        void play() throws NoPeersException {
            move();
            learn(true);
            for (int i = 0; i < MOVES; i++) {
                ask(1 + random.nextInt(3));
                move();
                learn(false);
            }
            learn(true);
            ask(6);
        }

        /** Most of them stay where they are. */
        private void move() {
            List<Endpoint> free = new ArrayList<>(addresses);
            Collections.shuffle(free, random);
            for (String member : members) {
                Endpoint home = homes.get(member);
                Endpoint next = home != null && free.contains(home) && random.nextInt(3) > 0 ? home : free.getFirst();
                free.remove(next);
                if (!next.equals(homes.put(member, next)) && asked.equals(Optional.of(member))) {
                    asked = Optional.empty();
                }
            }
            events.append("\nare at ").append(homes);
        }

        /** Who doesn't learn of a move lists what was true before. */
        private void learn(boolean isAll) {
            lists.forEach((member, list) -> homes.forEach((other, home) -> {
                boolean isTold = isAll || random.nextInt(3) == 0;
                if (isTold && (listThemselves || !other.equals(member))) {
                    list.put(other, home);
                }
            }));
        }

        private void ask(int times) throws NoPeersException {
            for (int i = 0; i < times; i++) {
                if (asked.isPresent()) {
                    accept(asked.get());
                } else {
                    connect();
                }
                if (asked.isPresent()) {
                    tryOthers();
                    if (!known().containsValue(askedAt)) {
                        asked = Optional.empty();
                    }
                }
            }
        }

        private void connect() throws NoPeersException {
            Set<Endpoint> candidates = new LinkedHashSet<>(known().values());
            candidates.addAll(seeds);
            candidates.addAll(peers.worthAsking());
            for (Endpoint candidate : candidates) {
                asked = leadsTo(candidate);
                if (asked.isPresent()) {
                    askedAt = candidate;
                    accept(asked.get());
                    return;
                }
            }
        }

        private void accept(String member) throws NoPeersException {
            peers.accept(list(member), askedAt);
            events.append("\n").append(member).append(" answers at ").append(askedAt);
        }

        private void tryOthers() {
            Set<Endpoint> tried = new HashSet<>();
            for (Optional<Endpoint> next = next(tried); next.isPresent(); next = next(tried)) {
                Endpoint address = next.get();
                Optional<String> member = leadsTo(address);
                if (member.isPresent() && peers.confirm(list(member.get()), address) && peers.isOfAnswerer(address)) {
                    asked = member;
                    askedAt = address;
                }
            }
        }

        private Optional<Endpoint> next(Set<Endpoint> tried) {
            return peers.worthAsking().stream().filter(tried::add).findFirst();
        }

        private Optional<String> leadsTo(Endpoint address) {
            return address.equals(BALANCER)
                    ? Optional.of(members.get(random.nextInt(members.size())))
                    : members.stream()
                            .filter(member -> address.equals(homes.get(member)))
                            .findFirst();
        }

        private PeerList list(String member) {
            return new PeerList(member, "set", Set.copyOf(members), Map.copyOf(requireNonNull(lists.get(member))));
        }

        Map<String, Endpoint> known() {
            return peers.instances().stream()
                    .collect(Collectors.toMap(
                            instance -> String.valueOf(instance.labels().get("uuid")),
                            instance -> instance.endpoint()));
        }

        /** Whether anything that the source knows leads to a member. */
        boolean canBeSeen() {
            return asked.isPresent();
        }
    }
}
