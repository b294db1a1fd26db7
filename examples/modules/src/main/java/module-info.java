/** An application in a named module. */
@SuppressWarnings("module") // the transport is present only at run time
module com.example.discovery.modules {
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;

    // the transport creates the records; the interface needs no access, because it has no default method
    opens com.example.discovery.modules.model to
            io.github.moonlibs.discovery.iproto;
}
