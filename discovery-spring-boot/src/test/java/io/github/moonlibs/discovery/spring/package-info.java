@NullMarked
package io.github.moonlibs.discovery.spring;

import org.jspecify.annotations.NullMarked;
