/** The command line: watch, call, check and bench. */
@NullMarked
package io.github.moonlibs.discovery.cli;

import org.jspecify.annotations.NullMarked;
