/** The command line: watch, call, check, explain and bench. */
@NullMarked
package io.github.moonlibs.discovery.cli;

import org.jspecify.annotations.NullMarked;
