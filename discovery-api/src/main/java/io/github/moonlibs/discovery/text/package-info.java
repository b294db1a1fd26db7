/** How text that came from outside is shown. For the library's own modules; not exported to others. */
@NullMarked
package io.github.moonlibs.discovery.text;

import org.jspecify.annotations.NullMarked;
