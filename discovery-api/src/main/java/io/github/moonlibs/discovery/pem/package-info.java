/** Certificates and keys in PEM files. Not exported, except to the modules of this library. */
@NullMarked
package io.github.moonlibs.discovery.pem;

import org.jspecify.annotations.NullMarked;
