/** Measures a strategy of one's own. */
@NullMarked
package com.example.discovery.benchmark;

import org.jspecify.annotations.NullMarked;
