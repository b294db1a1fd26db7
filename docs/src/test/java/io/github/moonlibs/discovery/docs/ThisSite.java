package io.github.moonlibs.discovery.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** The site of this repository, which is built once for all tests. */
final class ThisSite {
    private static final Path FOLDER = Path.of("target/test-site");

    private static boolean built;

    private ThisSite() {}

    static synchronized Path folder() throws IOException {
        if (!built) {
            assertThat(Site.build(Path.of(".."), FOLDER)).isEmpty();
            built = true;
        }
        return FOLDER.toAbsolutePath();
    }
}
