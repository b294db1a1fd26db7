/** Makes a site of the Markdown pages in docs/, and checks their links. */
@NullMarked
package io.github.moonlibs.discovery.docs;

import org.jspecify.annotations.NullMarked;
