import io.github.moonlibs.discovery.cli.Logs;

/** The command line. It exports nothing; discovery-core and discovery-iproto are needed at run time. */
module io.github.moonlibs.discovery.cli {
    requires HdrHistogram;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires io.github.moonlibs.discovery;
    requires static org.jspecify;

    // options and parameters are its fields
    opens io.github.moonlibs.discovery.cli to
            info.picocli;

    provides System.LoggerFinder with
            Logs;
}
