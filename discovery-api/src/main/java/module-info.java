/** What applications call and what plug-ins implement. */
module io.github.moonlibs.discovery {
    requires static org.jspecify;

    exports io.github.moonlibs.discovery;
    exports io.github.moonlibs.discovery.spi;

    uses io.github.moonlibs.discovery.spi.ClientProvider;
}
