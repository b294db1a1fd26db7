/** Metrics of a client for Prometheus. */
@NullMarked
package com.example.discovery.micrometer;

import org.jspecify.annotations.NullMarked;
