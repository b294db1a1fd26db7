/** An application in a named module. */
module com.example.discovery.modules {
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;

    // the library makes the records; the interface needs no access, because it has no default method
    opens com.example.discovery.modules.model to
            io.github.moonlibs.discovery;
}
