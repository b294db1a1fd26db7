package io.github.moonlibs.discovery.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.Loopback.OwnNetwork;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LoopbackTest {
    @Test
    void addressesDiffer() {
        assertThat(Loopback.nextAddress()).isNotEqualTo(Loopback.nextAddress()).startsWith("127.");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aNetworkIsClaimedOnce() throws Exception {
        try (ServerSocket one = OwnNetwork.claim(OwnNetwork.NUMBER);
                ServerSocket other = OwnNetwork.claim(OwnNetwork.NUMBER)) {
            assertThat(new byte[] {
                        one.getInetAddress().getAddress()[1],
                        other.getInetAddress().getAddress()[1]
                    })
                    .doesNotHaveDuplicates()
                    .doesNotContain((byte) (OwnNetwork.FIRST + OwnNetwork.NUMBER));
        }
    }
}
