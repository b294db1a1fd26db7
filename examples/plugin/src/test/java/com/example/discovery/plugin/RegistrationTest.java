package com.example.discovery.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationTest {
    @ParameterizedTest
    @ValueSource(classes = {TopologyProvider.class, WeightStrategy.class})
    void namesTheSameClassesForTheModulePathAndForTheClassPath(Class<?> service) throws Exception {
        ModuleDescriptor module = FileTopologyProvider.class.getModule().getDescriptor();
        List<String> provided = module.provides().stream()
                .filter(provides -> provides.service().equals(service.getName()))
                .flatMap(provides -> provides.providers().stream())
                .toList();
        assertThat(provided).isNotEmpty().isEqualTo(servicesFile(service));
        for (String name : provided) {
            assertThat(service)
                    .isAssignableFrom(
                            Class.forName(name).getConstructor().newInstance().getClass());
        }
    }

    private static List<String> servicesFile(Class<?> service) throws IOException {
        try (InputStream file =
                FileTopologyProvider.class.getResourceAsStream("/META-INF/services/" + service.getName())) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
