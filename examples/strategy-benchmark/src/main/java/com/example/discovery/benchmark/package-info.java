/** Measures a strategy of your own. */
@NullMarked
package com.example.discovery.benchmark;

import org.jspecify.annotations.NullMarked;
