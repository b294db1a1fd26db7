package io.github.moonlibs.discovery.testkit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A program in a container. Its ports are published at the address and with the numbers of the recipe, so a restart
 * changes neither, and a server can advertise them.
 */
final class ContainerProgram implements ServerProgram {
    private static final String DIRECTORY = "/testkit";
    private static final int PULL_SECONDS = 300;
    private static final Map<String, Boolean> RUNNABLE = new ConcurrentHashMap<>();

    private final Recipe recipe;
    private @Nullable GenericContainer<?> container;

    ContainerProgram(Recipe recipe) {
        this.recipe = recipe;
        requireEngine(recipe.toString());
    }

    static void requireEngine(String purpose) {
        try {
            if (!DockerClientFactory.instance().isDockerAvailable()) {
                throw new IllegalStateException(purpose + ": no container engine answers: "
                        + "start Docker, or install the program and use Via.LOCAL");
            }
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    purpose + ": Via.CONTAINER expects org.testcontainers:testcontainers among the dependencies", e);
        }
    }

    /** Whether a container engine answers that has the image or can pull it. */
    static boolean canRun(String image) {
        return DockerClientFactory.instance().isDockerAvailable()
                && RUNNABLE.computeIfAbsent(image, name -> isPresent(name) || isPulled(name));
    }

    private static boolean isPresent(String image) {
        try {
            DockerClientFactory.lazyClient().inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException absent) {
            return false;
        }
    }

    private static boolean isPulled(String image) {
        try {
            return DockerClientFactory.lazyClient()
                    .pullImageCmd(image)
                    .start()
                    .awaitCompletion(PULL_SECONDS, TimeUnit.SECONDS);
        } catch (DockerException unreachable) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void start() {
        GenericContainer<?> existing = container;
        if (existing != null) {
            client().startContainerCmd(existing.getContainerId()).exec();
            return;
        }
        GenericContainer<?> fresh = new GenericContainer<>(DockerImageName.parse(recipe.image()))
                .withCommand(recipe.command().stream().skip(1).toArray(String[]::new))
                .withCreateContainerCmdModifier(this::fit)
                .withStartupCheckStrategy(new AnyState())
                .waitingFor(new AbstractWaitStrategy() {
                    @Override
                    protected void waitUntilReady() {
                        // the code that starts a program has a better probe than an open port
                    }
                });
        recipe.files()
                .forEach((name, text) -> fresh.withCopyToContainer(Transferable.of(text), DIRECTORY + "/" + name));
        if (recipe.network() != null) {
            fresh.withNetwork(recipe.network().network()).withNetworkAliases(recipe.alias());
        }
        container = fresh;
        fresh.start();
    }

    /** Content with a program that has ended already: the code that starts it sees that, too, and shows the program's log. */
    private static final class AnyState extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String container) {
            return StartupStatus.SUCCESSFUL;
        }
    }

    /** Makes the program itself the entry point, because the entry points of images differ. */
    private void fit(CreateContainerCmd create) {
        create.withEntrypoint(recipe.command().getFirst()).withWorkingDir(DIRECTORY);
        ExposedPort[] exposed = recipe.ports().stream().map(ExposedPort::tcp).toArray(ExposedPort[]::new);
        create.withExposedPorts(exposed);
        HostConfig host = create.getHostConfig() == null ? HostConfig.newHostConfig() : create.getHostConfig();
        host.withPortBindings(recipe.ports().stream()
                .map(port -> new PortBinding(Ports.Binding.bindIpAndPort(recipe.host(), port), ExposedPort.tcp(port)))
                .toList());
        create.withHostConfig(host);
    }

    @Override
    public boolean isRunning() {
        GenericContainer<?> now = container;
        return now != null
                && Boolean.TRUE.equals(client().inspectContainerCmd(now.getContainerId())
                        .exec()
                        .getState()
                        .getRunning());
    }

    @Override
    public void signal(String name) {
        String id = started().getContainerId();
        switch (name) {
            // pauses the container, because the first process of a container ignores a signal to stop
            case "STOP" -> client().pauseContainerCmd(id).exec();
            case "CONT" -> client().unpauseContainerCmd(id).exec();
            default -> client().killContainerCmd(id).withSignal(name).exec();
        }
    }

    private GenericContainer<?> started() {
        GenericContainer<?> now = container;
        if (now == null) {
            throw new IllegalStateException(this + " was not started");
        }
        return now;
    }

    private static DockerClient client() {
        return DockerClientFactory.lazyClient();
    }

    @Override
    public String log() {
        GenericContainer<?> now = container;
        return now == null || now.getContainerId() == null ? "It left no log." : "Its log:\n" + now.getLogs();
    }

    @Override
    public void erase() {
        close();
    }

    @Override
    public void close() {
        GenericContainer<?> now = container;
        container = null;
        if (now != null) {
            now.stop();
        }
    }

    @Override
    public String toString() {
        return recipe + " in " + recipe.image();
    }
}
