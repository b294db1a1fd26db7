/** Tests of the command line: its parts, and each command on real servers. */
@NullMarked
package io.github.moonlibs.discovery.cli;

import org.jspecify.annotations.NullMarked;
