package io.github.moonlibs.discovery.chaos;

import java.io.IOException;

/** Packets of a node are dropped: all or a share, both ways or one. */
record Cut(Firewall firewall, Member member, boolean to, boolean from, double share) implements Fault {
    @Override
    public void begin() throws IOException {
        if (to) {
            firewall.dropTo(member, share);
        }
        if (from) {
            firewall.dropFrom(member, share);
        }
    }

    @Override
    public void end() throws IOException {
        firewall.heal(member);
    }
}
