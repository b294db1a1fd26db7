/** {@code ./dev demo}. */
module com.example.discovery.demo {
    requires static org.jspecify;
    requires HdrHistogram;
    requires io.github.moonlibs.discovery;
    requires io.github.moonlibs.discovery.testkit;
    requires java.logging;

    // the library creates records of this package
    opens com.example.discovery.demo;
}
