package io.github.moonlibs.discovery.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** What Spring Boot prints of an application that doesn't start. */
final class StartFailure {
    private StartFailure() {}

    /** Of all that explain a failure, as Spring Boot finds them; fails if none does, for then a stack trace is printed. */
    static FailureAnalysis of(ApplicationContextRunner application) {
        ConfigurableApplicationContext[] failed = new ConfigurableApplicationContext[1];
        FailureAnalysis[] analysis = new FailureAnalysis[1];
        application.withInitializer(context -> failed[0] = context).run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = Objects.requireNonNull(context.getStartupFailure());
            ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, failed[0].getBeanFactory())
                    .and(Environment.class, failed[0].getEnvironment());
            // some are for parts of Spring that aren't there, and Spring Boot leaves them out, too
            FailureHandler leavingOut = FailureHandler.handleMessage((message, missing) -> {});
            analysis[0] =
                    SpringFactoriesLoader.forDefaultResourceLocation()
                            .load(FailureAnalyzer.class, arguments, leavingOut)
                            .stream()
                            .map(analyzer -> analyzer.analyze(failure))
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("a stack trace is printed", failure));
        });
        return analysis[0];
    }
}
