/** A plug-in as an outsider would write it. */
module com.example.discovery.plugin {
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;
}
