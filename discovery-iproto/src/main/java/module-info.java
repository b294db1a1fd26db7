/** Tarantool's binary protocol. */
module io.github.moonlibs.discovery.iproto {
    requires io.github.moonlibs.discovery;
    requires msgpack.core;
    requires static org.jspecify;

    provides io.github.moonlibs.discovery.spi.Transport with
            io.github.moonlibs.discovery.iproto.IprotoTransport;
}
