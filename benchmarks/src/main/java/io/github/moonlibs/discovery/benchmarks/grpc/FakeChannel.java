package io.github.moonlibs.discovery.benchmarks.grpc;

import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.LoadBalancerProvider;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Acts as gRPC's channel for a real load balancer. Every connection that it requests is ready at once. */
final class FakeChannel implements AutoCloseable {
    private final SynchronizationContext context = new SynchronizationContext((thread, failure) -> {
        throw new IllegalStateException("a load balancer failed", failure);
    });
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private final LoadBalancer balancer;
    private final LoadBalancer.ResolvedAddresses addresses;
    private volatile @Nullable SubchannelPicker picker;

    FakeChannel(LoadBalancerProvider provider, Map<String, ?> settings, int nodes) {
        List<EquivalentAddressGroup> groups = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            groups.add(new EquivalentAddressGroup(InetSocketAddress.createUnresolved("node" + i, 3301)));
        }
        ConfigOrError config = provider.parseLoadBalancingPolicyConfig(settings);
        if (config.getError() != null) {
            throw new IllegalStateException(config.getError().toString());
        }
        addresses = LoadBalancer.ResolvedAddresses.newBuilder()
                .setAddresses(groups)
                .setLoadBalancingPolicyConfig(config.getConfig())
                .build();
        balancer = provider.newLoadBalancer(new Helper());
        resolve();
    }

    /** Passes the same addresses to the balancer again, which makes it update its weights. */
    void resolve() {
        context.execute(() -> {
            Status status = balancer.acceptResolvedAddresses(addresses);
            if (!status.isOk()) {
                throw new IllegalStateException(status.toString());
            }
        });
    }

    /** The picker that calls would use now. */
    SubchannelPicker picker() {
        SubchannelPicker now = picker;
        if (now == null) {
            throw new IllegalStateException("no subchannel is ready");
        }
        return now;
    }

    @Override
    public void close() {
        context.execute(balancer::shutdown);
        timer.shutdownNow();
    }

    private final class Helper extends LoadBalancer.Helper {
        @Override
        public Subchannel createSubchannel(CreateSubchannelArgs args) {
            return new Connected(args);
        }

        @Override
        public void updateBalancingState(ConnectivityState state, SubchannelPicker newPicker) {
            picker = state == ConnectivityState.READY ? newPicker : null;
        }

        @Override
        public SynchronizationContext getSynchronizationContext() {
            return context;
        }

        @Override
        public ScheduledExecutorService getScheduledExecutorService() {
            return timer;
        }

        @Override
        public String getAuthority() {
            return "nodes";
        }

        @Override
        public String getChannelTarget() {
            return "nodes";
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return new SilentLogger();
        }

        @Override
        public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Connected extends Subchannel {
        private final CreateSubchannelArgs args;
        private @Nullable SubchannelStateListener listener;

        Connected(CreateSubchannelArgs args) {
            this.args = args;
        }

        @Override
        public void start(SubchannelStateListener stateListener) {
            listener = stateListener;
        }

        @Override
        public void requestConnection() {
            context.execute(() -> notify(ConnectivityState.CONNECTING));
            context.execute(() -> notify(ConnectivityState.READY));
        }

        private void notify(ConnectivityState state) {
            if (listener != null) {
                listener.onSubchannelState(ConnectivityStateInfo.forNonError(state));
            }
        }

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return args.getAddresses();
        }

        @Override
        public void updateAddresses(List<EquivalentAddressGroup> same) {}

        @Override
        public Attributes getAttributes() {
            return args.getAttributes();
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return new SilentLogger();
        }

        @Override
        public void shutdown() {}
    }

    private static final class SilentLogger extends ChannelLogger {
        @Override
        public void log(ChannelLogLevel level, String message) {}

        @Override
        public void log(ChannelLogLevel level, String format, Object... args) {}
    }
}
