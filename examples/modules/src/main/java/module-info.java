/** An application in a named module. */
@SuppressWarnings("module") // the transport is there at run time alone
module com.example.discovery.modules {
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;

    // the transport makes the records; the interface needs nothing, since it has no default method
    opens com.example.discovery.modules.model to
            io.github.moonlibs.discovery.iproto;
}
