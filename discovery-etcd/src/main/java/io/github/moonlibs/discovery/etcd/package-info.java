/** Topologies in etcd. */
@NullMarked
package io.github.moonlibs.discovery.etcd;

import org.jspecify.annotations.NullMarked;
